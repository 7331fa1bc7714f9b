"""What a simulated organisation says of itself and of others."""

from protocols.errors import PeerError
from protocols.graph.tenants import Domain, Own, own
from protocols.model.freebusy import Reason
from simulation.faults import Trouble
from tests.simulation.tenant_world import OWN, tenant


async def test_itself() -> None:
    async with tenant() as world:
        told = await own(world.send, **world.where)
    domains = (
        Domain(name="contoso.example", default=True, mail=True),
        Domain(name="contoso.onmicrosoft.example", initial=True, mail=True),
    )
    assert told == Own(id=OWN.tenant, name="Contoso", domains=domains)


async def test_a_page_that_is_lost_is_no_organisation() -> None:
    async with tenant() as world:
        world.desk.page = 1
        world.graph.faults.trouble = Trouble.LOST_PAGE
        told = await own(world.send, **world.where)
        assert isinstance(told, PeerError)
        assert told.reason is Reason.INCOMPLETE
        world.graph.faults.clear()
        told = await own(world.send, **world.where)
        assert isinstance(told, Own)
        assert len(told.domains) == 2


async def test_a_body_that_cannot_be_read() -> None:
    async with tenant() as world:
        path = "/v1.0/policies/crossTenantAccessPolicy/partners"
        assert (await world.ask(path, "POST", "x"))[0] == 400
