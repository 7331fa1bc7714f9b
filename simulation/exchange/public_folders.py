"""Where the simulated Exchange has its public folders: a mailbox of the tree, others of content, and which is asked."""

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from simulation.exchange.contact_mailboxes import Refused

_PUBLIC: Final = "x-publicfoldermailbox"
_ANCHOR: Final = "x-anchormailbox"


@dataclass(slots=True)
class PublicTree:
    """``tree`` is the address of the mailbox that holds the tree, by GUID; "" where requests find their way alone, as
    in Exchange 2010. ``anchor`` is the address that Autodiscover names for it."""

    tree: str = ""
    anchor: str = ""

    def check_tree(self, headers: Mapping[str, str]) -> None:
        """Raises Refused where a request about the tree is not led to it."""
        if self.tree and headers.get(_PUBLIC, "").lower() != self.tree.lower():
            raise Refused("ErrorPublicFolderServerNotFound")

    def check_content(self, headers: Mapping[str, str], content: str) -> None:
        """Raises Refused where a request about items is not led to the mailbox that holds them."""
        wanted = content.lower()
        if wanted and (headers.get(_PUBLIC, "").lower(), headers.get(_ANCHOR, "").lower()) != (wanted, wanted):
            raise Refused("ErrorPublicFolderServerNotFound")

    def settings(self, address: str) -> Mapping[str, str] | None:
        """What Autodiscover tells of an address beyond what it tells of everybody; None where it is one of ours."""
        if not self.anchor:
            return {}
        if address.lower() == self.anchor.lower():
            return {"InternalRpcClientServer": self.tree}
        return {"PublicFolderInformation": self.anchor}


def replicas(content: str) -> str:
    """PR_REPLICA_LIST of a folder whose content lies in the mailbox GUID@domain: the GUID as text, in base64."""
    guid = str(uuid.UUID(content.partition("@")[0]))
    return base64.b64encode(guid.encode() + b"\0").decode()
