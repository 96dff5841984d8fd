"""What a table, a telephone and a codec do to a voice, mostly to measure with.

What is random comes from the generator that is given.

Every function takes float32 samples of shape `(n,)` at 16 kHz and gives new ones.
"""

import io

import numpy as np
from numpy.typing import NDArray

from dndmood.events import RATE_HZ, Samples

_NARROW_HZ = (300.0, 3400.0)
"""The band of a telephone (ITU-T G.712)."""
_MU = 255.0
"""Of the eight-bit mu-law (ITU-T G.711)."""


def level(samples: Samples) -> float:
    """Root mean square, never zero."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))


def mixed(samples: Samples, noise: Samples, *, snr_db: float) -> Samples:
    """The voice with `noise` under it, the same length, as loud as the voice was alone.

    `snr_db` is the level of the voice over that of the noise, both over their whole length.
    """
    gain = level(samples) / level(noise) * 10 ** (-snr_db / 20)
    return _as_loud(samples + np.float32(gain) * noise, samples)


def once(samples: Samples, noise: Samples, *, snr_db: float, at: int) -> Samples:
    """The voice with one short noise beginning at sample `at`, both at their own level."""
    gain = level(samples) / level(noise) * 10 ** (-snr_db / 20)
    after = samples.copy()
    end = min(len(samples), at + len(noise))
    after[at:end] += np.float32(gain) * noise[: end - at]
    return _unclipped(after)


def filtered(
    samples: Samples,
    *,
    above_hz: float | None = None,
    below_hz: float | None = None,
    order: int = 2,
) -> Samples:
    """What lies above and below the given frequencies, with a Butterworth slope, zero phase."""
    frequency = np.fft.rfftfreq(len(samples), 1 / RATE_HZ)
    gain = np.ones_like(frequency)
    if above_hz is not None:
        with np.errstate(divide="ignore"):
            gain /= np.sqrt(1 + (above_hz / frequency) ** (2 * order))
    if below_hz is not None:
        gain /= np.sqrt(1 + (frequency / below_hz) ** (2 * order))
    return _single(np.fft.irfft(np.fft.rfft(samples) * gain, n=len(samples)))


def with_tone(samples: Samples, *, hz: float, snr_db: float) -> Samples:
    """The voice with a steady tone."""
    time = np.arange(len(samples)) / RATE_HZ
    return mixed(samples, _single(np.sin(2 * np.pi * hz * time)), snr_db=snr_db)


def clipped(samples: Samples, *, ratio: float) -> Samples:
    """The voice with this share of its samples cut off at the top."""
    limit = float(np.quantile(np.abs(samples), 1 - ratio))
    return np.clip(samples, -limit, limit)


def louder(samples: Samples, *, by_db: float) -> Samples:
    """The voice raised (or lowered), cut off at full scale."""
    return _single(np.clip(samples * 10 ** (by_db / 20), -1, 1))


def tilted(samples: Samples, *, slope: float) -> Samples:
    """The voice with its high frequencies raised (`slope` > 0) or lowered, as loud as before.

    A filter y[n] = x[n] - slope x[n - 1]; -1 < slope < 1.
    """
    after = samples.copy()
    after[1:] -= np.float32(slope) * samples[:-1]
    return _as_loud(after, samples)


def reverberated(samples: Samples, response: Samples) -> Samples:
    """The voice in a room, aligned to the direct sound, as long and as loud as before."""
    start = int(np.argmax(np.abs(response)))
    size = len(samples) + len(response) - 1
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), n=size)
    return _as_loud(_single(wet[start : start + len(samples)]), samples)


def room(chance: np.random.Generator, *, rt60_s: float, direct_db: float = 0.0) -> Samples:
    """The response of an invented room: decaying noise after the direct sound.

    `rt60_s` is the time in which the echo falls by 60 dB, `direct_db` the level of the direct
    sound over the whole echo. Moorer, "About This Reverberation Business", 1979.
    """
    time = np.arange(round(rt60_s * RATE_HZ)) / RATE_HZ
    tail = chance.standard_normal(len(time)) * 10 ** (-3 * time / rt60_s)
    tail /= np.sqrt(np.sum(tail**2))
    tail[0] = 10 ** (direct_db / 20)
    return _single(tail)


def telephoned(samples: Samples, chance: np.random.Generator) -> Samples:
    """The voice over a bad line: narrow band, compressed, eight-bit mu-law, hiss on top.

    Stands in for the AMR codec of audEERING's test, which needs a coder we do not ship.
    """
    voice = samples / max(1e-6, float(np.abs(samples).max()))
    voice = np.sign(voice) * np.abs(voice) ** 0.8
    voice = filtered(_single(voice), above_hz=_NARROW_HZ[0], below_hz=_NARROW_HZ[1], order=8)
    coded = np.sign(voice) * np.log1p(_MU * np.clip(np.abs(voice), 0, 1)) / np.log1p(_MU)
    coded = np.round(coded * 127) / 127
    voice = _single(np.sign(coded) * np.expm1(np.abs(coded) * np.log1p(_MU)) / _MU)
    hiss = filtered(pink(len(samples), chance), above_hz=3000.0)
    return mixed(voice, hiss, snr_db=25.0)


def coded(samples: Samples, *, codec: str, compression: float) -> Samples:
    """The voice after a lossy codec, `opus` or `mp3`, as long as before.

    `compression` goes from 0 (best) to 1 (smallest), as libsndfile counts it.
    """
    import soundfile

    form, subtype = {"opus": ("OGG", "OPUS"), "mp3": ("MP3", "MPEG_LAYER_III")}[codec]
    file = io.BytesIO()
    soundfile.write(
        file,
        samples,
        RATE_HZ,
        format=form,
        subtype=subtype,
        # libsndfile 1.2 refuses what lies between .9999 and 1 as an MP3.
        compression_level=min(compression, 0.999),
    )
    file.seek(0)
    after, _ = soundfile.read(file, dtype="float32")
    return _single(np.pad(after, (0, max(0, len(samples) - len(after))))[: len(samples)])


def white(length: int, chance: np.random.Generator) -> Samples:
    """Noise of equal power at all frequencies, shape `(length,)`."""
    return _single(chance.standard_normal(length))


def pink(length: int, chance: np.random.Generator) -> Samples:
    """Noise whose power falls by 3 dB an octave, shape `(length,)`."""
    spectrum = np.fft.rfft(chance.standard_normal(length))
    spectrum /= np.sqrt(np.maximum(1, np.arange(len(spectrum))))
    return _single(np.fft.irfft(spectrum, n=length))


def _single(samples: NDArray[np.floating]) -> Samples:
    return np.asarray(samples, dtype=np.float32)


def _as_loud(after: Samples, before: Samples) -> Samples:
    return _unclipped(_single(after * np.float32(level(before) / level(after))))


def _unclipped(samples: Samples) -> Samples:
    peak = float(np.abs(samples).max(initial=0.0))
    return samples / np.float32(peak) if peak > 1 else samples
