"""The settings that callers ask Autodiscover for by name: everybody's words, which a capture may show."""

from typing import Final

_NAMES: Final = """
    UserDisplayName UserDN UserDeploymentId InternalMailboxServer InternalRpcClientServer InternalMailboxServerDN
    InternalEcpUrl InternalEcpVoicemailUrl InternalEcpEmailSubscriptionsUrl InternalEcpTextMessagingUrl
    InternalEcpDeliveryReportUrl InternalEcpRetentionPolicyTagsUrl InternalEcpPublishingUrl InternalEcpPhotoUrl
    InternalEcpConnectUrl InternalEcpTeamMailboxUrl InternalEcpTeamMailboxCreatingUrl
    InternalEcpTeamMailboxEditingUrl InternalEcpTeamMailboxHidingUrl InternalEcpExtensionInstallationUrl
    InternalEwsUrl InternalEmwsUrl InternalOABUrl InternalPhotosUrl InternalUMUrl InternalWebClientUrls
    InternalServerExclusiveConnect MailboxDN PublicFolderServer ActiveDirectoryServer ExternalMailboxServer
    ExternalMailboxServerRequiresSSL ExternalMailboxServerAuthenticationMethods EcpVoicemailUrlFragment
    EcpEmailSubscriptionsUrlFragment EcpTextMessagingUrlFragment EcpDeliveryReportUrlFragment
    EcpRetentionPolicyTagsUrlFragment EcpPublishingUrlFragment EcpPhotoUrlFragment EcpConnectUrlFragment
    EcpTeamMailboxUrlFragment EcpTeamMailboxCreatingUrlFragment EcpTeamMailboxEditingUrlFragment
    EcpExtensionInstallationUrlFragment ExternalEcpUrl ExternalEcpVoicemailUrl ExternalEcpEmailSubscriptionsUrl
    ExternalEcpTextMessagingUrl ExternalEcpDeliveryReportUrl ExternalEcpRetentionPolicyTagsUrl
    ExternalEcpPublishingUrl ExternalEcpPhotoUrl ExternalEcpConnectUrl ExternalEcpTeamMailboxUrl
    ExternalEcpTeamMailboxCreatingUrl ExternalEcpTeamMailboxEditingUrl ExternalEcpTeamMailboxHidingUrl
    ExternalEcpExtensionInstallationUrl ExternalEwsUrl ExternalEmwsUrl ExternalOABUrl ExternalPhotosUrl
    ExternalUMUrl ExternalWebClientUrls ExternalServerExclusiveConnect CrossOrganizationSharingEnabled
    AlternateMailboxes CasVersion EwsSupportedSchemas InternalPop3Connections ExternalPop3Connections
    InternalImap4Connections ExternalImap4Connections InternalSmtpConnections ExternalSmtpConnections
    ExternalEwsVersion MobileMailboxPolicy MobileMailboxPolicyInterop GroupingInformation UserMSOnline
    MapiHttpEnabled MapiHttpEnabledForUser ShowGalAsDefaultView AutoDiscoverSMTPAddress InteropExternalEwsUrl
    InteropExternalEwsVersion SPMySiteHostURL DocumentSharingLocations ExchangeRpcUrl EwsPartnerUrl
    SiteMailboxCreationURL PublicFolderInformation ServerExclusiveConnect
"""  # [MS-OXWADISC] 2.2.4: UserSettingName

SETTING_NAMES: Final = frozenset(_NAMES.split())
"""In the spelling of the schema."""
