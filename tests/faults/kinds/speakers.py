"""The speaker goes, its stream is dropped, or it does not move."""

from tests.faults.fault import fault, with_both_players
from tests.faults.table import Table

GONE = r"(?i)speaker|sound device|sound output|music .*(?:cannot|not) be heard"


@with_both_players("speaker-moved", "speaker pulled out, another takes over, back after 10 s")
def moved(table: Table, player: str) -> None:
    table.listen(player=player)
    table.settle()
    with table.no_speaker():
        table.room.stop()
        table.sounds.remove_sink("room")
        table.wait(10)
        table.sounds.add_sink("room")
        table.room.start()
    table.wait(6)
    table.finish()


@with_both_players(
    "speaker-removed", "speaker pulled out, none left, back after 10 s", says=GONE
)
def removed(table: Table, player: str) -> None:
    table.sound()
    # What is left is a speaker that never takes a block.
    table.sounds.load("module-null-sink sink_name=nothing")
    table.sounds.control("suspend-sink", "nothing", "1")
    table.listen(player=player)
    table.settle()
    with table.no_speaker():
        table.sounds.control("set-default-sink", "nothing")
        table.room.stop()
        table.sounds.drop_streams("sink-input", but="pa")
        table.sounds.remove_sink("room")
        table.wait(10)
        table.sounds.add_sink("room")
        table.room.start()
    table.wait(7)
    table.finish()


@with_both_players("speaker-dropped", "the sound server drops the music's stream", says=GONE)
def dropped(table: Table, player: str) -> None:
    table.listen(player=player)
    table.settle()
    with table.no_speaker():
        table.expect(table.sounds.drop_streams("sink-input", but="pa"), "no stream to drop")
    table.wait(8)
    table.finish()


@with_both_players("speaker-suspended", "speaker suspended by the sound server for 10 s")
def suspended(table: Table, player: str) -> None:
    table.listen(player=player)
    table.settle()
    with table.no_speaker():
        table.sounds.control("suspend-sink", "room", "1")
        table.wait(10)
        table.sounds.control("suspend-sink", "room", "0")
    table.wait(6)
    table.finish()


@with_both_players(
    "server-killed", "sound server killed (-9), back after 10 s", says=r"(?i)sound|speaker"
)
def server_killed(table: Table, player: str) -> None:
    table.listen(player=player)
    table.settle()
    with table.no_speaker():
        table.hush()
        table.sounds.kill()
        table.wait(10)
        table.sounds.start()
        table.talk()
    table.seen.back_within_s = table.new_sink_s
    table.returned("estimate")
    table.wait(7)
    table.finish()


@fault("server-absent", "no sound server at the start", says=r"(?i)microphone|sound")
def absent(table: Table) -> None:
    code, text = table.run("listen", "--plain", "--for", "5")
    table.seen.said += text.strip().splitlines()
    table.expect(code == 1, f"exit code {code} and not 1")
