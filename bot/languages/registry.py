"""Finds a language by its code: in bot/languages, in another package, or in a folder of the administrator.

A language is loaded when it is first needed, so that languages that nobody uses take no memory.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module, metadata
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from bot.languages.language import Language
from bot.languages.phrases import Phrases, Words

#: The entry point under which other packages declare a `Language`, by its code.
GROUP = "bylaug.languages"
#: The languages that are understood in a community whose file names none. The bot writes in the first.
DEFAULT_LANGUAGES = ("da", "en")
#: The language of a sentence that the languages of the community lack.
FALLBACK = "en"

_OURS = Path(__file__).parent
_CODE = re.compile("[a-z]{2,3}")
_added: dict[str, Path] = {}


@cache
def language_codes() -> tuple[str, ...]:
    """Return the codes of the installed languages, in alphabetical order."""
    ours = {file.parent.name for file in _OURS.glob("*/__init__.py")}
    return tuple(sorted({*ours, *_added, *metadata.entry_points(group=GROUP).names}))


def is_installed(code: str) -> bool:
    """Return whether there is a language with this code.

    The languages in bot/languages are found without a search of the installed packages, which is slow.
    """
    return _CODE.fullmatch(code) is not None and _is_there(code)


def _is_there(code: str) -> bool:
    return code in _added or (_OURS / code / "__init__.py").is_file() or code in language_codes()


def add_language(folder: Path) -> str:
    """Install the language in a folder, whose name is its code. Returns the code.

    Install it before anything is read with it: the results of reading are cached. Raises FileNotFoundError when the
    folder has no `__init__.py`, or when its name is not a code.
    """
    if not _CODE.fullmatch(folder.name):
        raise FileNotFoundError(f"the folder {folder} is not named by the code of a language, such as nb")
    if not (folder / "__init__.py").is_file():
        raise FileNotFoundError(f"there is no language in {folder}, that is, no file __init__.py")
    _added[folder.name] = folder
    _forget(folder.name)
    return folder.name


def remove_language(code: str) -> None:
    """Remove a language that `add_language` installed."""
    del _added[code]
    _forget(code)


def _forget(code: str) -> None:
    """Clear the caches of languages, and unload the modules of a language that comes from a folder."""
    language_codes.cache_clear()
    find_language.cache_clear()
    name = _module_name(code)
    for module in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
        del sys.modules[module]


@cache
def find_language(code: str) -> Language:
    """Return a language. Raises LookupError when there is none with this code, TypeError when it is not a language."""
    language = _load(code)
    if not isinstance(language, Language) or language.code != code:
        raise TypeError(f"the language '{code}' does not declare a Language of that code")
    return language


def language_names(code: str) -> Mapping[str, tuple[str, ...]]:
    """Return the names of a language, by the code of the language in which they are its names."""
    return find_language(code).names


def language_name(code: str, language: str) -> str:
    """Return the name of a language in another language, or in itself when the other language has no name for it."""
    names = find_language(code).names
    return (names.get(language) or names[code])[0]


def collect_phrases(languages: Iterable[str], choose: Callable[[Phrases], Words]) -> list[str]:
    """Return the phrases of one kind in several languages."""
    return [phrase for code in languages for phrase in choose(find_language(code).phrases)]


def _load(code: str) -> object:
    if code in _added:
        return _import_folder(_module_name(code), _added[code])
    if (_OURS / code / "__init__.py").is_file():
        return import_module(f"bot.languages.{code}").language
    for point in metadata.entry_points(group=GROUP, name=code):
        return point.load()
    raise LookupError(f"there is no language '{code}'")


def _module_name(code: str) -> str:
    return f"bylaug_language_{code}"


def _import_folder(name: str, folder: Path) -> object:
    """Import a package from a folder that is not on the import path."""
    spec = spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    assert spec is not None, "a Python file has a loader"
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.language
