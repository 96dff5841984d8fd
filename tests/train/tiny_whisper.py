"""Whisper models of a few thousand random weights, in the transformers format."""

from typing import Any


def config(*, width: int = 16, layers: int, bands: int) -> Any:
    """The configuration of one whose encoder is so wide and deep and hears so many bands."""
    import transformers

    return transformers.WhisperConfig(
        d_model=width,
        encoder_layers=layers,
        encoder_attention_heads=2,
        encoder_ffn_dim=4 * width,
        decoder_layers=1,
        decoder_attention_heads=2,
        decoder_ffn_dim=16,
        num_mel_bins=bands,
        vocab_size=60,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=1,
    )
