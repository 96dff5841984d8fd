"""What steers an evening besides the keyboard: the page for phones, Kenku's remote API, MIDI pads."""

import importlib
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dndmood import console, paths
from dndmood.dashboard.link_page import LinkPage
from dndmood.dashboard.live import knows_signs
from dndmood.errors import UserError
from dndmood.events import Command, Problem
from dndmood.going_without import going_without
from dndmood.mood_places import Place
from dndmood.pipeline import Reader
from dndmood.places import Location
from dndmood.settings import Settings

if TYPE_CHECKING:
    from dndmood.remote.server import Served

Say = Callable[[str], None]
Put = Callable[[Command | Problem], None]

_NEEDED = {"remote": ("segno", "starlette", "uvicorn"), "midi": ("mido", "rtmidi")}
"""What the extras of these names install."""


@dataclass(frozen=True, slots=True)
class Controls:
    """What was opened."""

    readers: tuple[Reader, ...] = ()
    """Who must be shown the tape."""
    links: tuple[LinkPage, ...] = ()
    """Addresses that people want to see."""


@contextmanager
def opened(
    settings: Settings,
    put: Put,
    *,
    moods: tuple[Place, ...],
    places: Mapping[str, Location],
    say: Say,
    typed: Collection[str] = (),
) -> Iterator[Controls]:
    """Everything that `settings` ask for; it sends its commands to `put`.

    Where an extra is not installed, or a port is taken, the evening goes on without that part, and
    `put` is given a problem that says so; it is a `UserError` when the part is one of those that
    were `typed` with the command.
    """
    with ExitStack() as stack:
        found, titles = Controls(), {name: one.title for name, one in places.items()}
        if settings.remote or settings.kenku:
            asked = bool({"remote", "kenku"} & {*typed})
            with going_without(put, "the page for phones", typed=asked):
                found = _served(stack, settings, put, moods, titles, say)
        if settings.midi:
            with going_without(put, "MIDI", typed="midi" in typed):
                _hear_pads(stack, settings, put, moods, titles, say)
        if settings.guests and not settings.remote:
            say("There is no page for players to look at: add --remote network.")
        yield found


def learn_pads(settings: Settings, *, say: Say, ask: Callable[[str], str]) -> None:
    """Learn by pressing what MIDI pads do; raises `UserError` as `opened` does."""
    _require("midi", "MIDI")
    if not console.is_terminal(sys.stdin):
        raise UserError("Learning asks what each pad shall do: type it in a terminal.")
    from dndmood import assembly, scene_assembly
    from dndmood.midi import learning
    from dndmood.stderr_to_log import libraries_quiet

    moods = {one.name: one.title for one in assembly.mood_book(settings, say).values()}
    places = {one.name: one.title for one in scene_assembly.place_book(settings, say).values()}
    path = paths.midi_pads()
    with libraries_quiet(paths.log_file()):
        count = learning.learn(
            path, settings.midi or "any", moods=moods, places=places, say=say, ask=ask
        )
    pads = "1 pad" if count == 1 else f"{count} pads"
    say(f"Learned {pads}; they are in {path}. 'dndmood listen --midi' obeys them.")


def known_pads() -> Iterator[str]:
    """Which MIDI devices there are, and what their pads do, line by line."""
    _require("midi", "MIDI")
    from dndmood.midi import learning, ports
    from dndmood.stderr_to_log import libraries_quiet

    with libraries_quiet(paths.log_file()):
        try:
            names = ports.names()
        except OSError:
            names = []
    yield from learning.lines(paths.midi_pads(), names)


def _hear_pads(
    stack: ExitStack,
    settings: Settings,
    put: Put,
    moods: tuple[Place, ...],
    places: Mapping[str, str],
    say: Say,
) -> None:
    _require("midi", "MIDI")
    from dndmood.midi import file, pads, ports
    from dndmood.midi.actions import Steering

    known = file.read(paths.midi_pads())
    if not known:
        say("No MIDI pad has been learned: end this, and type 'dndmood midi learn'.")
    names = {one.name for one in moods}
    steering = Steering(file.understood(known, names, places, say))

    def hear(_device: str, message: object) -> None:
        if (movement := pads.moved(message)) and (asked := steering.command(movement)):
            put(asked)

    stack.enter_context(ports.listening(settings.midi, hear, put))


def _served(
    stack: ExitStack,
    settings: Settings,
    put: Put,
    moods: tuple[Place, ...],
    places: Mapping[str, str],
    say: Say,
) -> Controls:
    _require("remote", "The page for phones" if settings.remote else "Kenku's remote")
    from dndmood.remote import links, server

    known, trouble = links.kept(paths.remote_links(), guests=settings.guests)
    if trouble and settings.remote:
        say(trouble)
    served = stack.enter_context(
        server.opened(
            put,
            remote=settings.remote,
            kenku=settings.kenku,
            links=known,
            moods=moods,
            places=places,
        )
    )
    pages = tuple(_pages(served))
    for page in pages:
        say(f"{page.title}: {page.address} {page.note}")
        if settings.plain and page.code and knows_signs(sys.stderr):
            from dndmood.remote.qr_code import inverted

            say("\n".join(inverted(page.code)))
    if served.kenku:
        who = (
            "programs on this computer" if served.kenku_is_local else "everybody in the network"
        )
        say(f"As Kenku FM's remote: {served.kenku}, for {who}.")
    return Controls((Reader("The page for phones", served.desk.shown, lasting=True),), pages)


def try_to_serve(settings: Settings) -> None:
    """Raise `UserError` where what `settings` ask to be served could not be, as a port is taken."""
    _require("remote", "The page for phones" if settings.remote else "Kenku's remote")
    from dndmood.remote.address import KENKU_PORT, PAGE_PORT, bound, parsed

    for text, port, option in (
        (settings.remote, PAGE_PORT, "--remote"),
        (settings.kenku, KENKU_PORT, "--kenku"),
    ):
        if text:
            bound(parsed(text, port=port, option=option), option).close()


def _pages(served: "Served") -> Iterator[LinkPage]:
    from dndmood.remote.qr_code import rows

    local = served.page_is_local or not served.in_network
    note = "Whoever has it steers the evening: it is for you alone."
    if served.page_is_local:
        note = "Only this computer can open it: for phones, start with --remote network."
    elif local:
        note = "Only this computer can open it, as it is in no network: connect it, and start again."
    if served.page:
        code = () if local else rows(served.page)
        yield LinkPage("Your page", served.page, note, code)
    if served.guests:
        code = () if local else rows(served.guests)
        yield LinkPage(
            "The players' page", served.guests, "With it one can only look on.", code
        )


def _require(extra: str, what: str) -> None:
    """Raise `UserError` when something of `extra` is not installed."""
    for name in _NEEDED[extra]:
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise UserError(
                f"{what} needs an extra that is not installed: type {sys.executable} -m pip "
                f'install "dndmood[{extra}]".'
            ) from error
