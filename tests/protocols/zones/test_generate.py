"""The generator turns CLDR's rows and the links of the tz database into a table that is Python."""

import ast

from protocols.zones import generate


def test_the_table_is_python_and_its_long_rows_are_wrapped() -> None:
    names = [f"Area/Place_{n}" for n in range(30)]
    text = generate.render(
        {"B Time": {"001": ["B/B"]}, "A Time": {"001": ["A/A"], "XX": names}}, {"A/A": ["Old"]}, ("48", "x")
    )
    assert max(map(len, text.splitlines())) <= 120
    values = {
        node.target.id: ast.literal_eval(node.value)
        for node in ast.parse(text).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value
    }
    assert list(values["WINDOWS"]) == ["A Time", "B Time"]
    assert values["WINDOWS"]["A Time"] == "001=A/A; XX=" + " ".join(names)
    assert values["OTHER_NAMES"] == {"A/A": "Old"}
