"""What is known of the table: its zero, and what corrections have taught."""

from collections.abc import Iterator

from dndmood import profiles
from dndmood.assembly import model_folder
from dndmood.doctor._finding import Finding, hint, ok, wrong
from dndmood.errors import UserError
from dndmood.hearing.model import read_card
from dndmood.mood import Profile
from dndmood.mood.profile import MODEL_DIGITS
from dndmood.settings import Settings

ORDER = 80
STUCK = "Look whether the state folder lies on a disk that is still there."


def check(settings: Settings) -> Iterator[Finding]:
    """The profile that an evening would use."""
    if not settings.profile:
        yield ok("No profile is asked for, and nothing is learnt.")
        return
    damaged: list[str] = []
    try:
        profile = profiles.load(settings.profile, damaged.append, mend=False)
    except UserError:  # its sentence names the table
        yield wrong(
            "The table cannot be called as it was asked for.",
            "Use letters, digits and spaces: 'dndmood tune' with the same name says more.",
        )
        return
    if damaged:  # the sentences name the table, which is nobody's business where this is sent
        yield hint(
            "The table's profile cannot be used whole.",
            "Type 'dndmood tune', which says what is amiss and keeps the damaged file aside.",
        )
    card = read_card(model_folder(settings))
    yield from fitting(profile, card.sha256, head=card.width > 0)


def fitting(profile: Profile, model: str, *, head: bool = False) -> Iterator[Finding]:
    """Whether `profile` was made with the model whose sha256 is `model`, and calibrated at all.

    `head` is true for a model with a head of its own, of which the profile keeps each one's zero.
    """
    count = len(profile.lessons)
    learnt = f"{count or 'no'} correction{'s' * (count != 1)} taught it something"
    if head:
        known = model[:MODEL_DIGITS] in profile.features
        other = not known and bool(profile.room or profile.features)
    else:
        other = profile.model not in ("", profile.fitting(model).model)
    if other:
        yield hint(
            f"The table was calibrated with another model and starts over; {learnt}.",
            "Type 'dndmood calibrate' at the table: it takes a minute.",
        )
    elif profile.room is None:
        yield hint(
            f"The table is not calibrated, so the zero of most people is used; {learnt}.",
            "Type 'dndmood calibrate' at the table: it takes a minute.",
        )
    else:
        yield ok(f"The table was calibrated on {profile.room.when or 'some day'}; {learnt}.")
