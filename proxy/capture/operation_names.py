"""The operations that callers name behind a namespace: everybody's words, which a capture may show."""

from typing import Final

_EWS: Final = """
    ResolveNames ExpandDL GetServerTimeZones FindFolder FindItem GetFolder UploadItems ExportItems ConvertId
    CreateFolder CreateFolderPath DeleteFolder EmptyFolder UpdateFolder MoveFolder CopyFolder Subscribe Unsubscribe
    GetEvents GetStreamingEvents SyncFolderHierarchy SyncFolderItems CreateManagedFolder GetItem CreateItem
    DeleteItem UpdateItem UpdateItemInRecoverableItems SendItem MoveItem CopyItem ArchiveItem CreateAttachment
    DeleteAttachment GetAttachment GetClientAccessToken GetDelegate AddDelegate RemoveDelegate UpdateDelegate
    CreateUserConfiguration DeleteUserConfiguration GetUserConfiguration UpdateUserConfiguration GetUserAvailability
    GetUserOofSettings SetUserOofSettings GetServiceConfiguration GetMailTips PlayOnPhone GetPhoneCallInformation
    DisconnectPhoneCall GetSharingMetadata RefreshSharingFolder GetSharingFolder SetTeamMailbox UnpinTeamMailbox
    GetRoomLists GetRooms FindMessageTrackingReport GetMessageTrackingReport FindConversation
    ApplyConversationAction GetConversationItems FindPeople GetPersona GetInboxRules UpdateInboxRules
    GetPasswordExpirationDate GetSearchableMailboxes SearchMailboxes GetDiscoverySearchConfiguration
    GetHoldOnMailboxes SetHoldOnMailboxes GetNonIndexableItemStatistics GetNonIndexableItemDetails
    MarkAllItemsAsRead MarkAsJunk GetAppManifests AddNewImContactToGroup GetImItemList GetUserPhoto
    GetUserRetentionPolicyTags InstallApp UninstallApp DisableApp GetAppMarketplaceUrl
"""  # messages.xsd and services.wsdl of Exchange 2013
_AUTODISCOVER: Final = (
    "GetUserSettings GetDomainSettings GetFederationInformation GetOrganizationRelationshipSettings"  # [MS-OXWSADISC]
)

OPERATION_NAMES: Final = frozenset(
    name + kind for name in f"{_EWS} {_AUTODISCOVER}".split() for kind in ("", "Request", "Response")
)
"""In the spelling of the service descriptions, with and without the kind of the message."""

FAULT_ACTION: Final = "http://www.w3.org/2005/08/addressing/soap/fault"
"""What an answer that is a fault says of itself (WS-Addressing 1.0 SOAP Binding, 6)."""
