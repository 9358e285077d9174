"""Lets papermill write parameters in TypeScript, for notebooks of the kernel Tritloom.

Papermill loads the engines that installed packages announce, and by that this module. It has no such road for languages,
which is why the module registers the language itself; the engine is papermill's own.
"""
import json
import math
import re

from papermill.engines import NBClientEngine
from papermill.exceptions import PapermillException
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators

Engine = NBClientEngine

# Beyond it a number of TypeScript is not exact (ECMAScript, Number.MAX_SAFE_INTEGER).
LARGEST_EXACT = 2**53 - 1

PARAMETER = re.compile(
    r"^\s*(?:export\s+)?(?:const|let|var)\s+(?P<name>[\w$]+)\s*(?::\s*(?P<type>[^=]+?))?\s*=\s*(?P<value>.*?)\s*;?"
    r"\s*(?://\s*(?P<help>.*?)\s*)?$"
)


class TypeScriptTranslator(Translator):
    @classmethod
    def translate_str(cls, val):
        return json.dumps(val, ensure_ascii=False)

    @classmethod
    def translate_escaped_str(cls, val):
        return json.dumps(str(val), ensure_ascii=False)

    @classmethod
    def translate_none(cls, val):
        return "null"

    @classmethod
    def translate_int(cls, val):
        if abs(val) > LARGEST_EXACT:
            raise PapermillException(
                f"The parameter {val} is beyond the integers that a number of TypeScript holds exactly; give it as text."
            )
        return str(val)

    @classmethod
    def translate_float(cls, val):
        if math.isnan(val):
            return "NaN"
        if math.isinf(val):
            return "Infinity" if val > 0 else "-Infinity"
        return repr(val)

    @classmethod
    def translate_list(cls, val):
        return "[" + ", ".join(cls.translate(item) for item in val) + "]"

    @classmethod
    def translate_dict(cls, val):
        # A key in brackets: "__proto__": would set the prototype.
        return "{ " + ", ".join(f"[{cls.translate_str(str(key))}]: {cls.translate(item)}" for key, item in val.items()) + " }"

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}".strip()

    @classmethod
    def assign(cls, name, str_val):
        return f"let {name} = {str_val};"

    @classmethod
    def inspect(cls, parameters_cell):
        """The parameters of a cell that declares one a line, for `papermill --help-notebook`."""
        found = (PARAMETER.match(line) for line in parameters_cell["source"].splitlines())
        return [
            Parameter(name=one["name"], inferred_type_name=one["type"] or "None", default=one["value"], help=one["help"] or "")
            for one in found
            if one
        ]


papermill_translators.register("typescript", TypeScriptTranslator)
