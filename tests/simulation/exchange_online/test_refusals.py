"""How the simulated cmdlets say that they failed."""

from simulation.exchange_online.refusals import bad, missing


def test_a_refusal_has_the_type_and_the_status_that_exchange_gives_it() -> None:
    assert (missing("x").status, missing("x").kind.rpartition(".")[2]) == (404, "ManagementObjectNotFoundException")
    assert "'x'" in missing("x").words
    assert (bad("no").status, bad("no").words, str(bad("no"))) == (400, "no", "no")
