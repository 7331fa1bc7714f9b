"""How cmdlets of a simulated Exchange Online fail: the type of the exception, and its words."""


class RefusedError(Exception):
    """A cmdlet failed: with the type of its exception and its words."""

    def __init__(self, kind: str, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.kind, self.words, self.status = kind, words, status


def missing(identity: str) -> RefusedError:
    """There is no such object."""
    words = f"The operation couldn't be performed because object '{identity}' couldn't be found on 'DC01.example'."
    return RefusedError("Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException", words, 404)


def bad(words: str) -> RefusedError:
    """The cmdlet does not take that."""
    return RefusedError("System.Management.Automation.ParameterBindingException", words)
