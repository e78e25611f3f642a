"""What is said: a text, one text per language, or a recording's file name, turned into parts and their sources.

A text with variables is split at them; each literal piece is a clip, each variable's value others. Whatever can be
asked for is listed here before a call comes, so that nothing is ever rendered while somebody waits.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateway.config.expressions import inside
from gateway.config.fields import clean, kind, shown
from gateway.config.files import RECORDING_MAX
from gateway.config.own_recordings import FOLDER, OwnRecordings
from gateway.config.problems import Place, nearest
from gateway.config.settings import ClipSource
from gateway.config.source import Mapping, Scalar
from gateway.config.variables import NAME, Variables, Word, read_how
from gateway.config.voices import model_path
from gateway.core.actions import Clip
from gateway.core.flow.model import Part, Prompt
from gateway.core.flow.queue_waiting import places, waits
from gateway.core.speech.clips import PIPER, RECORDER, clip_for, pause_ms
from gateway.core.speech.fragments import LANGUAGES, vocabulary
from gateway.core.speech.saying import in_words, value_texts
from gateway.core.speech.wav import wav_problem
from gateway.errors import SpeechError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf
    from pathlib import Path

    from gateway.config.files import SiteFiles
    from gateway.config.problems import Problems
    from gateway.config.source import Node
    from gateway.config.variables import Spoken
    from gateway.core.site.site import Site
    from gateway.core.speech.fragments import Form

RECORDING = "a WAV file: PCM of 8 to 32 bit, float, A-law or u-law"
EXPECTED = 'a text, a text for each language such as {pl: "...", en: "..."}, or the name of a .wav file'
TEXT_MAX = 2000
LONGEST_RECORDING_S = 180.0
LONGEST_MUSIC_S = 3600.0
PLACES_MAX = 20
"""So many variables that are said as one kind are told with their places; their words are the same."""
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"\S+")


class PromptReader:
    """Reads prompts of one site. `voices` is language -> voice (empty when gateway.yaml could not be read; then
    languages are not judged); `country` that of phone numbers; a prompt's recording longer than `longest_s` is refused.
    `recorded` collects which recording is played in place of which clip (`Site.recorded`)."""

    def __init__(
        self,
        problems: Problems,
        files: SiteFiles,
        voices: MappingOf[str, str],
        country: str = "",
        longest_s: float = LONGEST_RECORDING_S,
    ) -> None:
        self._problems, self._files, self._voices, self._country = problems, files, voices, country
        self._longest_s = longest_s
        self._own = OwnRecordings(files.folder, voices, problems)
        self._sources: dict[tuple[str, str, str], ClipSource] = {}
        self._places: dict[tuple[str, str, str], dict[str, None]] = {}
        self._keys: dict[tuple[str, bool, int], str] = {}
        self.recorded: dict[str, str] = {}
        self._said: dict[tuple[Part, Spoken, str], Place] = {}
        self._words: dict[str, set[str]] = {}

    @property
    def languages(self) -> tuple[str, ...]:
        """All that the site speaks; none when that is not known."""
        return tuple(self._voices)

    def prompt(
        self, node: Node, languages: tuple[str, ...], variables: Variables | None, *, what: str = "text"
    ) -> Prompt | None:
        """The prompt that a value writes, for each of `languages`; the first is the one of a text that stands alone.
        Without `variables` the text cannot have any. None when a problem was found."""
        if isinstance(node, Scalar):
            if self._is_recording(node):
                return self._by_recording(node, languages)
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
                parts[key] = self._recording(value, key) if is_file else self._text(value, key, variables)
        missing = [language for language in languages if language not in node.items]
        if missing and not is_text:
            self._problems.add(node.place, f"the {what} is missing in {', '.join(missing)}")
        return Prompt(parts=parts) if not missing and all(parts.values()) and parts else None

    @staticmethod
    def _is_recording(node: Scalar) -> bool:
        return node.value.strip().lower().endswith(".wav") and len(node.value) < 200

    def _by_recording(self, node: Scalar, languages: tuple[str, ...]) -> Prompt | None:
        """One name for all languages: each has its own file of that name, or they share one."""
        name = node.value.strip()
        own = [language for language in languages if f"{language}/{name}" in self._own.files]
        missing = [language for language in languages if language not in own]
        if own and missing and name not in self._own.files:
            rest = ", ".join(f"prompts/{language}/{name}" for language in missing)
            self._problems.add(
                node.place, f"the recording is missing in {', '.join(missing)}", expected=shown(rest, 200)
            )
            return None
        parts = {language: self._recording(node, language) for language in languages}
        return Prompt(parts=parts) if all(parts.values()) else None

    def _recording(self, node: Scalar, language: str) -> tuple[Part, ...]:
        clip = self.recording(node, language=language)
        return (Part(clip=clip),) if clip else ()

    def recording(self, node: Scalar, *, language: str = "", music: bool = False) -> Clip | None:
        """The clip of a WAV file in the site's prompts/ folder, that of the language first; its key is made of the
        file's content."""
        name = node.value.strip()
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
            self._problems.add(node.place, "a recording lies in the site's folder prompts/", expected="its name")
            return None
        if f"{language}/{name}" in self._own.files:
            name = f"{language}/{name}"
        self._own.named(name)
        path, file = self._files.folder / FOLDER / name, f"{FOLDER}/{name}"
        key = self._content(path, file, node.place, music=music)
        if not key:
            return None
        clip = Clip(key=key, words=f"[{name}]")
        self._add(
            ClipSource(key=key, recording=str(path.absolute()), language=language, music=music, place=str(node.place))
        )
        return clip

    def _content(self, path: Path, file: str, place: Place, *, music: bool = False, pause_ms: int = 0) -> str:
        """The key of a recording's content; empty when it is no WAV file that can be used."""
        mark = (file, music, pause_ms)
        if not self._keys.get(mark):  # what is wrong is told at every place
            self._keys[mark] = self._read_content(path, file, place, music=music, pause_ms=pause_ms)
        return self._keys[mark]

    def _read_content(self, path: Path, file: str, place: Place, *, music: bool, pause_ms: int) -> str:
        limit_s = LONGEST_MUSIC_S if music else self._longest_s
        if file not in self._files.contents and not _is_there(path):
            near = nearest(file.removeprefix(f"{FOLDER}/"), tuple(self._own.files))
            hint = "" if near else "recordings lie in the site's folder prompts/"
            self._problems.add(place, f"there is no file {shown(file, 100)}", wrong=near, among=(near,), hint=hint)
            return ""
        data = self._files.read(path, file, asked=place, limit=RECORDING_MAX)
        if data is None:
            return ""
        wrong = wav_problem(data, limit_s)
        if wrong:
            about = shown(file, 100) if place.line else "the recording"
            self._problems.add(place, f"{about} {wrong}", expected=RECORDING)
            return ""
        kind = f"recording\0{RECORDER}\0{'music' if music else ''}{pause_ms or ''}\0"
        return hashlib.blake2b(kind.encode() + data, digest_size=16).hexdigest()

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
            self._words.setdefault(name, set()).update(variables.words(name))
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
        currency = variables.currency(name)
        if kind == "money" and currency and form.currency != currency:
            self._problems.add(at, f"'{name}' is in {currency}", expected=f"{{{name} as money {currency}}}")
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

    def _spoken(self, text: str, language: str, place: str, value: str = "", pause_ms: int = 0) -> Clip:
        """The clip of a text; how it is made, by the engine or of a person's recording, is noted."""
        voice = self._voices.get(language, "")
        clip = clip_for(text, language=language, voice=voice, pause_ms=pause_ms)
        own = self._own.find(clip.words, language)
        key = self._content(own.path, own.file, Place(own.file), pause_ms=pause_ms) if own is not None else ""
        if own is not None and key:
            self.recorded[clip.key] = key
        path = str(own.path.absolute()) if own is not None and key else ""
        speaks = f"{PIPER}{model_path(voice, self._files).absolute()}" if voice.startswith(PIPER) else voice
        self._add(
            ClipSource(
                key=key or clip.key,
                text=clip.words,
                language=language,
                voice=speaks,
                recording=path,
                place=place,
                value=value,
                pause_ms=pause_ms,
            )
        )
        return clip

    def _add(self, source: ClipSource) -> None:
        mark = (source.key, source.language, source.text)
        self._sources.setdefault(mark, source)
        self._places.setdefault(mark, {})[source.place] = None

    def clips(self) -> tuple[ClipSource, ...]:
        """How each clip is made. One recording can stand for several texts."""
        return tuple(replace(source, places=tuple(self._places[mark])) for mark, source in self._sources.items())

    def spare(self) -> dict[str, str]:
        """Recordings that nothing plays (`Settings.spare_recordings`); known after `add_values`."""
        return self._own.unused()

    def add_values(self, site: Site) -> None:
        """List everything that a variable in any text can become in this site, as `saying.value_texts` will say it."""
        told: Counter[tuple[str, Form, str]] = Counter()
        for (part, spoken, language), place in self._said.items():
            if _of_all_words(part, spoken):
                told[part.kind, part.form, language] += 1
                if told[part.kind, part.form, language] > PLACES_MAX:
                    continue  # the same words as those of the variables before it
            for text in self._texts(part, spoken, language, site):
                self._spoken(text, language, str(place), value=_written(part), pause_ms=pause_ms(part.kind))

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
            case "place":
                values = map(str, places())
            case "estimate":
                values = map(str, waits())
            case _:
                if part.kind and _of_all_words(part, spoken):
                    return vocabulary(part.kind, language, part.form)
                values = "0123456789"
        return (text for value in sorted(values) for text in value_texts(part, value, language=language, site=site))


def _is_there(path: Path) -> bool:
    """Also when it cannot be known: who reads it will tell why."""
    try:
        return path.exists()
    except OSError:  # a name that is too long
        return True


def _of_all_words(part: Part, spoken: Spoken) -> bool:
    """Whether a value can be any of its kind, so that all words of the kind are needed."""
    return bool(part.kind) and spoken in {"digits", ""} and not (spoken == part.kind == "digits")


def _written(part: Part) -> str:
    """A variable as a text has it."""
    return f"{{{part.variable} as {part.kind}}}" if part.kind else f"{{{part.variable}}}"
