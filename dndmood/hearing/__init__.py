"""From sound to speech to emotion.

The stages in their order: `pause.attend`, `speech.find_speech`, `emotion.estimate`, and
`no_talk.report_no_talk`. `model` opens a model, `webrtc` has the voice detector and the echo
canceller. Nothing is imported here: training needs `model` and none of the stages.
"""
