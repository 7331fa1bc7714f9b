"""The kinds of answers: none of them is HTML."""

from proxy.fronts import answers


def test_each_says_what_it_is() -> None:
    made = [
        (answers.xml(b"<a/>"), 200, "text/xml"),
        (
            answers.xml(b"<a/>", status=500, content_type="application/soap+xml; charset=utf-8"),
            500,
            "application/soap+xml",
        ),
        (answers.json(b"{}", status=400), 400, "application/json"),
        (answers.plain("no", status=404), 404, "text/plain"),
        (answers.not_allowed("GET", "POST"), 405, "text/plain"),
    ]
    for answer, status, content_type in made:
        assert (answer.status, answer.content_type) == (status, content_type)
    assert made[-1][0].headers["Allow"] == "GET, POST"
