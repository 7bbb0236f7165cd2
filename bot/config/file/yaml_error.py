"""Explains in plain words why a file is not YAML. The messages of libyaml are about tokens and block mappings."""

import yaml

from bot.errors import Problem

#: Our sentence for each message of libyaml (parser.c, scanner.c). {begun} is the line of the enclosing quote or list.
_SENTENCES = {
    "mapping values are not allowed in this context": "a ':' is not expected here: the line above may lack its"
    " own, the line may be indented wrongly, or text with ': ' in it needs quotes",
    "could not find expected ':'": "there is no ':' after the key in this line, or the line above is not finished",
    "did not find expected key": "this line is not indented like its neighbours, or a quote is missing just before",
    "did not find expected ',' or '}'": "a comma or '}}' is missing after the '{{' in line {begun}",
    "did not find expected ',' or ']'": "a comma or ']' is missing after the '[' in line {begun}",
    "did not find expected '-' indicator": "this line stands in the list that begins in line {begun} and has no '-'",
    "found unexpected end of stream": "the quote that opens in line {begun} is never closed",
    "found unexpected document indicator": "the quote that opens in line {begun} is never closed",
    "did not find expected <document start>": "this line does not belong to what stands above it;"
    " look for a missing ':' or for wrong indentation",
    "found unknown directive name": "text that begins with % needs quotes around it",
    "did not find expected node content": "a value is missing here, or there is a comma too many",
}
_TAB = "a tab is used here; indent with spaces"


def explain_yaml(file: str, text: str, error: yaml.YAMLError) -> Problem:
    """Return the problem behind a YAML error, with its line."""
    mark = getattr(error, "problem_mark", None)
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        return Problem(file, 0, f"this is not YAML: {' '.join(str(error).split())}")
    begun = error.context_mark.line + 1 if error.context_mark else mark.line + 1
    return Problem(file, mark.line + 1, _sentence(text, error.problem or "", mark.line, mark.column, begun))


def _sentence(text: str, message: str, line: int, column: int, begun: int) -> str:
    lines = text.splitlines()
    here = lines[line] if line < len(lines) else ""
    if "\t" in here[: column + 1] or "tab" in message.split():
        return _TAB
    if message == "found character that cannot start any token":
        return f"text that begins with {here[column : column + 1]} needs quotes around it"
    return _SENTENCES.get(message, "this is not YAML: {message}").format(message=message, begun=begun)
