"""What is said: a text, one text per language, or a recording's file name, turned into parts and their sources.

A text with variables is split at them; each literal piece is a clip, each variable's value others. Whatever can be
asked for is listed here before a call comes, so that nothing is ever rendered while somebody waits.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from gateway.config.expressions import inside
from gateway.config.fields import clean, kind, shown
from gateway.config.files import RECORDING_MAX
from gateway.config.settings import ClipSource
from gateway.config.source import Mapping, Scalar
from gateway.config.variables import NAME, Variables, Word, read_how
from gateway.core.actions import Clip
from gateway.core.flow_model import Part, Prompt
from gateway.core.saying import in_words, value_texts
from gateway.core.speech import RENDERER, clip_for
from gateway.core.verbal import LANGUAGES, vocabulary
from gateway.core.wav import wav_problem
from gateway.errors import SpeechError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf

    from gateway.config.files import SiteFiles
    from gateway.config.problems import Place, Problems
    from gateway.config.source import Node
    from gateway.config.variables import Spoken
    from gateway.core.site import Site

EXPECTED = 'a text, a text for each language such as {pl: "...", en: "..."}, or the name of a .wav file'
TEXT_MAX = 2000
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"\S+")


class PromptReader:
    """Reads prompts of one site. `sources` collects how each clip is made; `voices` is language -> voice (empty when
    gateway.yaml could not be read; then languages are not judged); `country` that of phone numbers."""

    def __init__(self, problems: Problems, files: SiteFiles, voices: MappingOf[str, str], country: str = "") -> None:
        self._problems, self._files, self._voices, self._country = problems, files, voices, country
        self.sources: dict[str, ClipSource] = {}
        self._said: dict[tuple[Part, Spoken, str], Place] = {}
        self._words: dict[str, set[str]] = {}

    def prompt(
        self, node: Node, languages: tuple[str, ...], variables: Variables | None, *, what: str = "text"
    ) -> Prompt | None:
        """The prompt that a value writes, for each of `languages`; the first is the one of a text that stands alone.
        Without `variables` the text cannot have any. None when a problem was found."""
        if isinstance(node, Scalar):
            if self._is_recording(node):
                parts = self._recording(node)
                return Prompt(parts=dict.fromkeys(languages, parts)) if parts else None
            if len(languages) > 1:
                rest = ", ".join(languages[1:])
                self._problems.add(node.place, f"the {what} is missing in {rest}", expected=EXPECTED)
                return None
            said = self._text(node, languages[0], variables)
            return Prompt(parts={languages[0]: said}) if said else None
        if isinstance(node, Mapping):
            return self._by_language(node, languages, variables, what)
        self._problems.add(node.place, f"the {what} is {kind(node)}", expected=EXPECTED)
        return None

    def _by_language(
        self, node: Mapping, languages: tuple[str, ...], variables: Variables | None, what: str
    ) -> Prompt | None:
        parts: dict[str, tuple[Part, ...]] = {}
        is_text = False
        for key, (name, value) in node.items.items():
            if key not in languages:
                hint = f'put a text that begins with {{ in quotes: "{{{key}}} ..."' if NAME.fullmatch(key) else ""
                bare = isinstance(value, Scalar) and value.missing
                is_text |= bare and bool(hint)
                self._problems.add(
                    name.place,
                    f"'{shown(key)}' is not a language of this {'site' if variables is None else 'flow'}",
                    expected=", ".join(languages),
                    hint=hint if bare else "",
                )
            elif not isinstance(value, Scalar):
                self._problems.add(value.place, f"the {what} is {kind(value)}", expected=EXPECTED)
            else:
                is_file = self._is_recording(value)
                parts[key] = self._recording(value) if is_file else self._text(value, key, variables)
        missing = [language for language in languages if language not in node.items]
        if missing and not is_text:
            self._problems.add(node.place, f"the {what} is missing in {', '.join(missing)}")
        return Prompt(parts=parts) if not missing and all(parts.values()) and parts else None

    @staticmethod
    def _is_recording(node: Scalar) -> bool:
        return node.value.strip().lower().endswith(".wav") and len(node.value) < 200

    def _recording(self, node: Scalar) -> tuple[Part, ...]:
        clip = self.recording(node)
        return (Part(clip=clip),) if clip else ()

    def recording(self, node: Scalar) -> Clip | None:
        """The clip of a WAV file in the site's prompts/ folder; its key is made of the file's content."""
        name = node.value.strip()
        folder = self._files.folder / "prompts"
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
            self._problems.add(node.place, "a recording lies in the site's folder prompts/", expected="its name")
            return None
        path, file = folder / name, f"prompts/{name}"
        data = self._files.read(path, file, asked=node.place, limit=RECORDING_MAX)
        if data is None:
            return None
        wrong = wav_problem(data)
        if wrong:
            self._problems.add(node.place, f"{shown(file)} {wrong}", expected="a WAV file (PCM, 8 to 32 bit)")
            return None
        digest = hashlib.blake2b(b"recording\0" + RENDERER.encode() + b"\0" + data, digest_size=16)
        clip = Clip(key=digest.hexdigest(), words=f"[{name}]")
        self._add(ClipSource(key=clip.key, recording=str(path.absolute()), place=str(node.place)))
        return clip

    def _text(self, node: Scalar, language: str, variables: Variables | None) -> tuple[Part, ...]:
        text = clean(node.value)
        line = self._problems.line(node.place.file, node.place.line)
        after = line[node.place.column - 1 + node.place.width :].lstrip()
        if not node.quoted and after.startswith("#") and "\n" not in node.value:
            self._problems.add(node.place, "the text ends at the #, what follows is a comment", hint="put it in quotes")
            return ()
        if not any(character.isalnum() for character in text):
            self._problems.add(node.place, "there is nothing to say here", expected=EXPECTED)
            return ()
        if len(text) > TEXT_MAX:
            self._problems.add(node.place, f"a text longer than {TEXT_MAX} characters", hint="use several steps")
            return ()
        parts: list[Part] = []
        at = 0
        for found in _VARIABLE.finditer(node.value):
            self._literal(parts, node, node.value[at : found.start()], language)
            self._variable(parts, node, found, language, variables)
            at = found.end()
        self._literal(parts, node, node.value[at:], language)
        return tuple(parts)

    def _literal(self, parts: list[Part], node: Scalar, piece: str, language: str) -> None:
        if "{" in piece or "}" in piece:
            self._problems.add(node.place, "a { or } without its partner", expected="a variable such as {manager}")
        elif any(character.isalnum() for character in piece):
            clip = self._spoken(clean(piece), language, str(node.place))
            parts.append(Part(clip=clip))

    def _variable(
        self, parts: list[Part], node: Scalar, found: re.Match[str], language: str, variables: Variables | None
    ) -> None:
        place = inside(node, found.start(), found.end() - found.start())
        if variables is None:
            self._problems.add(place, f"'{shown(found[0])}' cannot stand in this text", hint="no call is known here")
            return
        words = [
            Word(word[0], inside(node, found.start(1) + word.start(), len(word[0])))
            for word in _WORD.finditer(found[1])
        ]
        name = words[0].text if words else ""
        known = variables.names()
        if name not in known:
            is_named = len(words) > 1 and words[1].text == "as"
            name = name if is_named else found[1].strip()
            at = words[0].place if is_named else place
            self._problems.add(at, f"there is no variable '{shown(name)}'", wrong=name, among=known)
            return
        part = self._kind(words, language, variables) if len(words) > 1 else Part(variable=name)
        if part is None:
            return
        spoken = variables.spoken(name)
        if not spoken and not part.kind:
            kinds = variables.kinds(name)
            self._problems.add(
                place,
                f"'{name}' cannot be said" + (" without telling as what" if kinds else ""),
                expected=", ".join(f"{{{name} as {kind}}}" for kind in kinds)
                or ", ".join(f"{{{n}}}" for n in known if variables.spoken(n)),
                hint="" if kinds else "only what is known when the site is loaded, and digits, can be said",
            )
            return
        if spoken == "word":
            self._words.setdefault(name, set()).update(variables.set_values[name])
        self._said.setdefault((part, spoken, language), place)
        parts.append(part)

    def _kind(self, words: list[Word], language: str, variables: Variables) -> Part | None:
        """`{name as KIND WORDS}`, of which `words` are the inside. None when a problem was noted."""
        (name, at), behind, *how = words
        kinds = variables.kinds(name)
        bare = f"{{{name}}}" if variables.spoken(name) else ""
        if behind.text != "as" or not how:
            wrong = f"it is not told as what '{name}' is said" if behind.text == "as" else f"no 'as' behind '{name}'"
            expected = f"{{{name} as ...}} with {', '.join(kinds)}" if kinds else bare
            self._problems.add(behind.place, wrong, expected=expected)
            return None
        read = read_how(how, self._problems, self._country)
        if read is None:
            return None
        kind, form = read
        if kind not in kinds:
            self._problems.add(at, f"'{name}' cannot be said as {kind}", expected=", ".join(kinds) or bare)
            return None
        if language not in LANGUAGES:
            expected = f"a text in {' or '.join(LANGUAGES)}"
            self._problems.add(behind.place, f"values cannot be said in '{language}'", expected=expected)
            return None
        for value in sorted(variables.set_values.get(name, ())):
            try:
                in_words(value, kind, language, form)
            except SpeechError as error:
                unfit = f"'{name}' can be set to '{shown(value)}', which cannot be said as {kind}"
                self._problems.add(at, unfit, hint=str(error))
                return None
        return Part(variable=name, kind=kind, form=form)

    def _spoken(self, text: str, language: str, place: str) -> Clip:
        voice = self._voices.get(language, "")
        clip = clip_for(text, language=language, voice=voice)
        self._add(ClipSource(key=clip.key, text=clip.words, language=language, voice=voice, place=place))
        return clip

    def _add(self, source: ClipSource) -> None:
        self.sources.setdefault(source.key, source)

    def add_values(self, site: Site) -> None:
        """List everything that a variable in any text can become in this site, as `saying.value_texts` will say it."""
        for (part, spoken, language), place in self._said.items():
            for text in self._texts(part, spoken, language, site):
                self._spoken(text, language, str(place))

    def _texts(self, part: Part, spoken: Spoken, language: str, site: Site) -> Iterable[str]:
        """What can be said for a variable: its values, where they are known beforehand, else all words of its kind."""
        values: Iterable[str]
        match spoken:
            case "agent":
                values = site.agents
            case "client":
                values = {client.name for client in site.clients.values()}
            case "called":
                values = site.numbers
            case "word":
                values = self._words[part.variable]
            case _:
                if part.kind and not (spoken == part.kind == "digits"):
                    return vocabulary(part.kind, language, part.form)
                values = "0123456789"
        return (text for value in sorted(values) for text in value_texts(part, value, language=language, site=site))
