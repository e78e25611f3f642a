"""The languages of a site and the voice of each: a name of espeak-ng, or `piper:MODEL.onnx` for the neural engine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateway.config.fields import clean, kind, shown
from gateway.config.files import NO_SECRETS
from gateway.config.problems import nearest
from gateway.config.source import Mapping, Scalar
from gateway.core.speech.clips import PIPER

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.config.fields import Section
    from gateway.config.files import SiteFiles
    from gateway.config.problems import Problems

EXPECTED = "languages and their voices, such as {pl: pl, en: en-gb}"
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")
_VOICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+./-]*")
_MODEL = re.compile(r"[\w+./ -]*\w\.onnx")


def read_voices(section: Section, problems: Problems, files: SiteFiles) -> dict[str, str]:
    """`languages: {pl: pl, en: en-gb}`, language and voice; or a list, when the voice is called like the language."""
    node = section.get("languages", expected=EXPECTED, needed=True)
    pairs: list[tuple[Scalar, Scalar]] = []
    if isinstance(node, Mapping):
        for name, value in node.items.values():
            if isinstance(value, Scalar):
                pairs.append((name, name if value.missing else value))
            else:
                problems.add(value.place, f"the voice is {kind(value)}", expected=EXPECTED)
    elif node is not None:
        pairs = [(item, item) for item in section.words("languages", expected=EXPECTED)]
    voices = {}
    for language, voice in pairs:
        if not _LANGUAGE.fullmatch(clean(language.value)):
            problems.add(language.place, f"'{shown(language.value)}' is no language", expected="such as pl or en")
        else:
            _check_voice(voice, problems, files)
            voices[clean(language.value)] = clean(voice.value)
    if node is not None and not pairs and isinstance(node, Mapping) and not node.items:
        problems.add(node.place, "the site speaks no language", expected=EXPECTED)
    return voices


def model_path(voice: str, files: SiteFiles) -> Path:
    """The model of a voice of piper. A relative path begins in the site's folder (as the admin has it: a model is too
    large to be part of a version)."""
    return (files.folder if files.secrets == NO_SECRETS else files.secrets) / voice.removeprefix(PIPER).strip()


def _check_voice(node: Scalar, problems: Problems, files: SiteFiles) -> None:
    voice = clean(node.value)
    model = voice.removeprefix(PIPER).strip()
    if model == voice:
        if not _VOICE.fullmatch(voice):
            problems.add(node.place, f"'{shown(voice)}' is no voice", expected="such as en-gb, or piper:NAME.onnx")
    elif not _MODEL.fullmatch(model):
        expected = "piper: and the path of a model, such as piper:voices/NAME.onnx"
        problems.add(node.place, f"'{shown(voice)}' is no voice of piper", expected=expected)
    elif files.secrets != NO_SECRETS:
        path = model_path(voice, files)
        missing = next((tail for tail in ("", ".json") if not _is_file(path.with_name(path.name + tail))), None)
        if missing is not None:
            near = nearest(path.name, _models(path.parent))
            hint = "" if near and near != path.name else "a voice of piper is two files: NAME.onnx and NAME.onnx.json"
            what = f"there is no file {shown(model + missing, 200)}"
            problems.add(node.place, what, wrong="" if hint else near, among=(near,), hint=hint)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _models(folder: Path) -> tuple[str, ...]:
    try:
        return tuple(sorted(path.name for path in folder.iterdir() if path.suffix == ".onnx"))
    except OSError:
        return ()
