[CmdletBinding()]
param(
    # Only tell what stands there; change nothing.
    [switch]$ExportOnly,
    # Tell what would be done; change nothing.
    [switch]$Preview,
    # Calls a second: Exchange Online throttles who is faster for long.
    [ValidateRange(0.1, 20)][double]$PerSecond = 2,
    # Where the export goes; beside this script unless said otherwise.
    [string]$ExportPath = '',
    # Run the steps although the script is more than a week old.
    [switch]$Old
)
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
#-- data --
$OnPremises = [string]::IsNullOrEmpty($SignInDomain)
if (-not $ExportPath) { $ExportPath = Join-Path $PSScriptRoot $ExportName }

function Assert-Ready {
    $needed = @('Get-Recipient', 'Get-MailContact', 'Get-Contact', 'Get-MailUser', 'Get-User')
    $needed += @('Get-DistributionGroup', 'Get-Group', 'Get-DistributionGroupMember')
    if (-not $ExportOnly) {
        $needed += @('New-MailContact', 'Set-MailContact', 'Set-Contact', 'Remove-MailContact', 'Set-MailUser')
        if (@($Steps | Where-Object { $_.Form -eq 'mail-user' }).Count) {
            $needed += @('New-MailUser', 'Set-User', 'Remove-MailUser')
            if (-not $OnPremises) { $needed += 'Update-MgUser' }
        }
        if (@($Steps | Where-Object { $_.Form -eq 'group' }).Count) {
            $needed += @('New-DistributionGroup', 'Set-DistributionGroup', 'Set-Group', 'Remove-DistributionGroup')
            $needed += @('Add-DistributionGroupMember', 'Remove-DistributionGroupMember')
        }
    }
    foreach ($name in $needed) {
        if (-not (Get-Command $name -ErrorAction SilentlyContinue)) {
            throw "$name is not there: run Connect-ExchangeOnline (or the Exchange Management Shell) and, for mail users in Exchange Online, Connect-MgGraph -Scopes User.EnableDisableAccount.All first."
        }
    }
    if (-not $ExportOnly -and -not $Old -and $Steps.Count -and [DateTime]::UtcNow - $Written -gt [TimeSpan]::FromDays(7)) {
        throw 'The steps are more than a week old: make the plan anew, or say -Old.'
    }
}

$script:Last = [DateTime]::MinValue
function Invoke-Paced([string]$Cmdlet, [hashtable]$With) {
    $wait = $script:Last.AddSeconds(1 / $PerSecond) - [DateTime]::UtcNow
    if ($wait -gt [TimeSpan]::Zero) { Start-Sleep -Milliseconds ([int]$wait.TotalMilliseconds) }
    $script:Last = [DateTime]::UtcNow
    & $Cmdlet @With -ErrorAction Stop
}

function Get-Value($Object, [string]$Name) {
    if ($null -eq $Object) { return $null }
    $property = $Object.PSObject.Properties[$Name]
    if ($property) { return $property.Value }
    return $null
}

function Get-Text($Object, [string]$Name) {
    # Exchange gives line ends back as Windows has them.
    return ([string](Get-Value $Object $Name)).Replace("`r`n", "`n")
}

# Every address that the object answers to, in lower case, without smtp:
function Get-Addresses($Recipient) {
    $found = @{}
    foreach ($address in @(Get-Value $Recipient 'EmailAddresses') + @(Get-Value $Recipient 'ExternalEmailAddress')) {
        $text = ([string]$address).ToLowerInvariant()
        if ($text.StartsWith('smtp:')) { $text = $text.Substring(5) }
        if ($text) { $found[$text] = $true }
    }
    return @($found.Keys)
}

function Get-Detail([string]$Cmdlet, [hashtable]$With) {
    $found = @{}
    foreach ($object in @(Invoke-Paced $Cmdlet ($With + @{ ResultSize = 'Unlimited' }))) { $found[[string]$object.Guid] = $object }
    return $found
}

# All that stands there now, by key, by address and by stamp.
function Read-World {
    $world = @{ Recipients = @{}; ByAddress = @{}; ByStamp = @{}; Mail = @{}; Personal = @{}; Members = @{}; NameOf = @{} }
    $mailUsers = @{ RecipientTypeDetails = @('MailUser', 'GuestMailUser') }
    $groups = @{ RecipientTypeDetails = @('MailUniversalDistributionGroup') }
    foreach ($part in @((Get-Detail 'Get-MailContact' @{}), (Get-Detail 'Get-MailUser' @{}), (Get-Detail 'Get-DistributionGroup' $groups))) {
        foreach ($key in $part.Keys) { $world.Mail[$key] = $part[$key] }
    }
    foreach ($part in @((Get-Detail 'Get-Contact' @{}), (Get-Detail 'Get-User' $mailUsers), (Get-Detail 'Get-Group' $groups))) {
        foreach ($key in $part.Keys) { $world.Personal[$key] = $part[$key] }
    }
    foreach ($recipient in @(Invoke-Paced 'Get-Recipient' @{ ResultSize = 'Unlimited' })) {
        $key = [string]$recipient.Guid
        $world.Recipients[$key] = $recipient
        $world.NameOf[$key] = Get-Text $recipient 'Name'
        foreach ($address in @(Get-Addresses $recipient)) { $world.ByAddress[$address] = @($world.ByAddress[$address]) + $key }
        $stamp = Get-Text $world.Mail[$key] $StampAttribute
        if ($stamp) { $world.ByStamp[$stamp] = $key }
        if ($stamp.StartsWith($StampPrefix, [StringComparison]::Ordinal) -and (Get-Text $recipient 'RecipientTypeDetails') -eq 'MailUniversalDistributionGroup') {
            $world.Members[$key] = @(Get-Members $key)
        }
    }
    return $world
}

# Who is in a group, by key.
function Get-Members([string]$Guid) {
    return @(Invoke-Paced 'Get-DistributionGroupMember' @{ Identity = $Guid; ResultSize = 'Unlimited' } | ForEach-Object { [string]$_.Guid })
}

# Where mail to somebody goes.
function Get-Main($World, [string]$Key) {
    $external = (Get-Text $World.Mail[$Key] 'ExternalEmailAddress') -replace '^(?i)smtp:', ''
    if ($external) { return $external.ToLowerInvariant() }
    return (Get-Text $World.Recipients[$Key] 'PrimarySmtpAddress').ToLowerInvariant()
}

# Who answers to an address, of two the one that mail to it is for; nothing for nobody.
function Find-Key([string]$Address) {
    $keys = @($World.ByAddress[$Address.ToLowerInvariant()] | Where-Object { $_ })
    $main = @($keys | Where-Object { $World.Recipients.ContainsKey($_) -and (Get-Main $World $_) -eq $Address })
    if ($main.Count) { return $main[0] }
    if ($keys.Count) { return $keys[0] }
    return $null
}

# A password that nobody knows: it is made here, handed to Exchange and kept nowhere.
function New-UnknownPassword {
    $letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    $random = [System.Security.Cryptography.RandomNumberGenerator]::Create()
    $byte = New-Object byte[] 1
    $password = New-Object System.Security.SecureString
    foreach ($number in 1..48) {
        $random.GetBytes($byte)
        $password.AppendChar($letters[$byte[0] -band 63])
    }
    foreach ($letter in 'aA1-'.ToCharArray()) { $password.AppendChar($letter) }
    $password.MakeReadOnly()
    return $password
}

function Block-SignIn([string]$SignIn) {
    foreach ($attempt in 1..10) {
        try {
            Invoke-Paced 'Update-MgUser' @{ UserId = $SignIn; AccountEnabled = $false } | Out-Null
            return
        } catch {
            if ($attempt -eq 10) { throw "the sign-in of $SignIn is not blocked yet: run the script again" }
            Start-Sleep -Seconds 6
        }
    }
}

function Get-Cmdlets([string]$Form) {
    if ($Form -eq 'group') { return @{ Mail = 'Set-DistributionGroup'; Personal = 'Set-Group'; Remove = 'Remove-DistributionGroup'; Read = 'Get-DistributionGroup' } }
    if ($Form -eq 'mail-contact') { return @{ Mail = 'Set-MailContact'; Personal = 'Set-Contact'; Remove = 'Remove-MailContact'; Read = 'Get-MailContact' } }
    return @{ Mail = 'Set-MailUser'; Personal = 'Set-User'; Remove = 'Remove-MailUser'; Read = 'Get-MailUser' }
}

# Whoever administers recipients need not be an owner of the group.
function Get-Bypass([string]$Form) {
    if ($Form -eq 'group') { return @{ BypassSecurityGroupManagerCheck = $true } }
    return @{}
}

# A group bears its stamp as the last line of its description, too: Graph shows nobody its attributes, and would take it
# for a group of this organisation's own. Nothing where it has that line, where there is no room for it, or where the
# cmdlet knows no description: Exchange on-premises has none.
function Get-Description([hashtable]$Step, [string]$Cmdlet, [string]$Now) {
    if (-not (Get-Command $Cmdlet).Parameters.ContainsKey('Description')) { return @{} }
    if (@($Now.Split("`n") | Where-Object { $_.Trim().Equals($Step.Stamp.Trim()) }).Count) { return @{} }
    $text = if ($Now) { "$Now`n$($Step.Stamp)" } else { $Step.Stamp }
    if ($text.Length -gt 1024) { return @{} }
    return @{ Description = $text }
}

# Members come and go one by one; who is nobody here is told, and left out.
function Set-Members([hashtable]$Step, [string]$Guid) {
    if ($Step.Form -ne 'group' -or -not (@($Step.Join).Count + @($Step.Leave).Count)) { return $false }
    $there = @(Get-Members $Guid)
    $changed = $false
    foreach ($address in @($Step.Join)) {
        $key = Find-Key $address
        if (-not $key) { Write-Warning "$($Step.Anchor): $address is nobody here, the group is without them"; continue }
        if ($there -contains $key) { continue }
        Invoke-Paced 'Add-DistributionGroupMember' @{ Identity = $Guid; Member = $key; BypassSecurityGroupManagerCheck = $true } | Out-Null
        $changed = $true
    }
    foreach ($address in @($Step.Leave)) {
        $key = Find-Key $address
        if (-not $key -or $there -notcontains $key) { continue }
        Invoke-Paced 'Remove-DistributionGroupMember' @{ Identity = $Guid; Member = $key; Confirm = $false; BypassSecurityGroupManagerCheck = $true } | Out-Null
        $changed = $true
    }
    return $changed
}

# The manager, as Set-Contact and Set-User take one; nothing where it is as it shall be.
function Get-Manager([hashtable]$Step, $Personal) {
    if ($null -eq $Step.Manager -or $Step.Form -eq 'group') { return @{} }
    $now = Get-Text $Personal 'Manager'
    if (-not $Step.Manager) { if ($now) { return @{ Manager = $null } } else { return @{} } }
    $key = Find-Key $Step.Manager
    if (-not $key) { Write-Warning "$($Step.Anchor): the manager $($Step.Manager) is nobody here"; return @{} }
    if ($now -and $now -eq $World.NameOf[$key]) { return @{} }
    return @{ Manager = $key }
}

# What differs of the values that the plan names. What is neither as it was nor as it shall be, somebody else changed.
function Get-Differences($Object, [hashtable]$Values) {
    $set = @{}
    foreach ($name in $Values.Keys) {
        $before, $after = $Values[$name]
        $now = Get-Text $Object $name
        # Equals, and not -ceq, which takes texts for equal that differ in what nobody sees.
        if ($now.Equals($after)) { continue }
        if (-not $now.Equals($before)) { throw "skipped: $name was changed by somebody else meanwhile, plan again" }
        $set[$name] = if ($after) { $after } else { $null }
    }
    return $set
}

# The object as it stands at this moment: it must be ours, and writable here.
function Get-Ours([string]$Guid, [string]$Form) {
    $object = Invoke-Paced (Get-Cmdlets $Form).Read @{ Identity = $Guid }
    if (-not (Get-Text $object $StampAttribute).StartsWith($StampPrefix, [StringComparison]::Ordinal)) { throw 'skipped: it was not made by this sync' }
    if (Get-Value $object 'IsDirSynced') { throw 'skipped: it comes from the local Active Directory, write it there' }
    return $object
}

function Set-Object([hashtable]$Step, [string]$Guid, $Mail) {
    $cmdlets = Get-Cmdlets $Step.Form
    $told = Invoke-Paced ($cmdlets.Personal -replace '^Set-', 'Get-') @{ Identity = $Guid }
    $personal = (Get-Differences $told $Step.Personal) + (Get-Manager $Step $told)
    $bypass = Get-Bypass $Step.Form
    $own = Get-Differences $Mail $Step.Mail
    $there = @(Get-Addresses $Mail)
    $add = @($Step.Add | Where-Object { $there -notcontains ($_.ToLowerInvariant() -replace '^smtp:', '') })
    $take = @($Step.Take | Where-Object { $there -contains ($_.ToLowerInvariant() -replace '^smtp:', '') })
    if ($add.Count -or $take.Count) {
        $own['EmailAddresses'] = @{}
        if ($add.Count) { $own['EmailAddresses']['Add'] = $add }
        if ($take.Count) { $own['EmailAddresses']['Remove'] = $take }
    }
    # What was not told here is not overwritten: somebody may have typed it.
    if ($Step.Form -eq 'group' -and $Mail.PSObject.Properties['Description']) {
        $now = (@($Mail.Description | Where-Object { $_ }) -join "`n").Replace("`r`n", "`n").Trim()
        $own += Get-Description $Step 'Set-DistributionGroup' $now
    }
    if ($null -ne $Step.Hidden -and [bool](Get-Value $Mail 'HiddenFromAddressListsEnabled') -ne $Step.Hidden) { $own['HiddenFromAddressListsEnabled'] = $Step.Hidden }
    $changed = Move-Address $Step $Guid $Mail $cmdlets
    if ($own.Count) { Invoke-Paced $cmdlets.Mail (@{ Identity = $Guid } + $own + $bypass) | Out-Null }
    if ($personal.Count) { Invoke-Paced $cmdlets.Personal (@{ Identity = $Guid } + $personal + $bypass) | Out-Null }
    $joined = Set-Members $Step $Guid
    if ($changed -or $joined -or $own.Count -or $personal.Count) { return 'done' }
    return 'unchanged'
}

function Move-Address([hashtable]$Step, [string]$Guid, $Mail, [hashtable]$Cmdlets) {
    if (-not $Step.Was) { return $false }
    $parameter = if ($Step.Form -eq 'group') { 'PrimarySmtpAddress' } else { 'ExternalEmailAddress' }
    $bypass = Get-Bypass $Step.Form
    $now = (Get-Text $Mail $parameter) -replace '^(?i)smtp:', ''
    if ($now -ine $Step.Address) {
        if ($now -ine $Step.Was) { throw 'skipped: the address was changed by somebody else meanwhile, plan again' }
        $others = @($World.ByAddress[$Step.Address] | Where-Object { $_ -and $_ -ne $Guid })
        if ($others.Count) { throw "skipped: the address $($Step.Address) is that of $($others[0])" }
        Invoke-Paced $Cmdlets.Mail (@{ Identity = $Guid; $parameter = $Step.Address } + $bypass) | Out-Null
    }
    $object = Invoke-Paced $Cmdlets.Read @{ Identity = $Guid }
    if ((Get-Text $object 'PrimarySmtpAddress') -ine $Step.Address) {
        Invoke-Paced $Cmdlets.Mail @{ Identity = $Guid; WindowsEmailAddress = $Step.Address } | Out-Null
    }
    if (@(Get-Addresses (Invoke-Paced $Cmdlets.Read @{ Identity = $Guid })) -contains $Step.Was) {
        Invoke-Paced $Cmdlets.Mail (@{ Identity = $Guid; EmailAddresses = @{ Remove = "smtp:$($Step.Was)" } } + $bypass) | Out-Null
    }
    return $true
}

function New-Object-For([hashtable]$Step) {
    $with = @{ Name = $Step.Name; Alias = $Step.Alias }
    if ($OrganizationalUnit) { $with['OrganizationalUnit'] = $OrganizationalUnit }
    # In Exchange Online the address of a group has to be in an accepted domain of the organisation.
    if ($Step.Form -eq 'group') {
        $with += @{ PrimarySmtpAddress = $Step.Address; Type = 'Distribution' }
        return Invoke-Paced 'New-DistributionGroup' ($with + (Get-Description $Step 'New-DistributionGroup' ''))
    }
    $with['ExternalEmailAddress'] = $Step.Address
    if ($Step.Form -eq 'mail-contact') { return Invoke-Paced 'New-MailContact' $with }
    # On-premises a mail user that is made without a password is disabled and has none.
    if ($OnPremises) { return Invoke-Paced 'New-MailUser' $with }
    $with['MicrosoftOnlineServicesID'] = "$($Step.Alias)@$SignInDomain"
    $with['Password'] = New-UnknownPassword
    return Invoke-Paced 'New-MailUser' $with
}

function Invoke-Create([hashtable]$Step) {
    $cmdlets = Get-Cmdlets $Step.Form
    $guid = $World.ByStamp[$Step.Stamp]
    if (-not $guid) {
        $wanted = @($Step.Address) + @($Step.Add | ForEach-Object { $_.ToLowerInvariant() -replace '^smtp:', '' })
        $others = @($wanted | ForEach-Object { $World.ByAddress[$_] } | Where-Object { $_ } | Select-Object -Unique)
        # Made by an earlier run that ended before the stamp was set: the name is ours alone, and nobody stamped it.
        $orphan = @($others | Where-Object { (Get-Text $World.Recipients[$_] 'Name') -ceq $Step.Name -and -not (Get-Text $World.Mail[$_] $StampAttribute) })
        if ($orphan.Count -eq 1 -and $others.Count -eq 1) { $guid = $orphan[0] }
        elseif ($others.Count) { throw "skipped: one of the addresses is that of $($others[0])" }
        else { $guid = [string](New-Object-For $Step).Guid }
        Invoke-Paced $cmdlets.Mail (@{ Identity = $guid; $StampAttribute = $Step.Stamp } + (Get-Bypass $Step.Form)) | Out-Null
        $World.NameOf[$guid] = $Step.Name
        $World.ByStamp[$Step.Stamp] = $guid
        foreach ($address in $wanted) { $World.ByAddress[$address] = @($World.ByAddress[$address]) + $guid }
    }
    if ($Step.Form -eq 'mail-user' -and -not $OnPremises) { Block-SignIn "$($Step.Alias)@$SignInDomain" }
    $mail = Get-Ours $guid $Step.Form
    # Exchange fills some fields of a new object by itself: what it shall be counts, not what it was.
    $personal = Invoke-Paced ($cmdlets.Personal -replace '^Set-', 'Get-') @{ Identity = $guid }
    foreach ($name in @($Step.Personal.Keys)) { $Step.Personal[$name] = @((Get-Text $personal $name), $Step.Personal[$name][1]) }
    foreach ($name in @($Step.Mail.Keys)) { $Step.Mail[$name] = @((Get-Text $mail $name), $Step.Mail[$name][1]) }
    return Set-Object $Step $guid $mail
}

function Invoke-Update([hashtable]$Step) {
    if (-not $World.Mail.ContainsKey($Step.Guid)) { throw 'skipped: it is not there any more, plan again' }
    return Set-Object $Step $Step.Guid (Get-Ours $Step.Guid $Step.Form)
}

function Invoke-Remove([hashtable]$Step) {
    if (-not $World.Mail.ContainsKey($Step.Guid)) { return 'unchanged' }
    Get-Ours $Step.Guid $Step.Form | Out-Null
    Invoke-Paced (Get-Cmdlets $Step.Form).Remove (@{ Identity = $Step.Guid; Confirm = $false } + (Get-Bypass $Step.Form)) | Out-Null
    foreach ($address in @(Get-Addresses $World.Recipients[$Step.Guid])) {
        $World.ByAddress[$address] = @($World.ByAddress[$address] | Where-Object { $_ -ne $Step.Guid })
    }
    $World.Mail.Remove($Step.Guid)
    return 'done'
}

function Show-Guest([hashtable]$Step) {
    # Exchange learns of a guest, and of its stamp, a little later than Entra.
    $guid = $World.ByStamp[$Step.Stamp]
    if (-not $guid -or (Get-Text $World.Recipients[$guid] 'RecipientTypeDetails') -ne 'GuestMailUser') {
        if ($Step.Hidden) { return 'unchanged' }
        throw 'skipped: Exchange knows no guest with this stamp yet, run the script again later'
    }
    $guest = Get-Ours $guid 'guest'
    # Tables know no difference between A and a, and stamps do.
    if (-not (Get-Text $guest $StampAttribute).Equals($Step.Stamp)) { throw 'skipped: the guest with this stamp is another by now, plan again' }
    if ([bool](Get-Value $guest 'HiddenFromAddressListsEnabled') -eq $Step.Hidden) { return 'unchanged' }
    Invoke-Paced 'Set-MailUser' @{ Identity = $guid; HiddenFromAddressListsEnabled = $Step.Hidden } | Out-Null
    return 'done'
}

function Invoke-Step([hashtable]$Step) {
    $state = 'failed'
    $words = ''
    try {
        switch ($Step.Act) {
            'create' { $state = Invoke-Create $Step }
            'update' { $state = Invoke-Update $Step }
            'retire' { $state = Invoke-Update $Step }
            'remove' { $state = Invoke-Remove $Step }
            'show' { $state = Show-Guest $Step }
        }
    } catch {
        $words = [string]$_.Exception.Message
        if ($words.StartsWith('skipped: ')) {
            $state = 'skipped'
            $words = $words.Substring(9)
        }
        Write-Warning "$($Step.Act) $($Step.Anchor): $words"
    }
    return @{ act = $Step.Act; anchor = $Step.Anchor; state = $state; words = $words }
}

function Get-Address-Of($World, [string]$Name) {
    if (-not $World.ContainsKey('ByName')) {
        $World['ByName'] = @{}
        foreach ($key in $World.NameOf.Keys) { $World.ByName[$World.NameOf[$key]] = $key }
    }
    $key = $World.ByName[$Name]
    if ($key) { return Get-Main $World $key }
    return ''
}

function Get-Recipient-Line($World, [string]$Key) {
    $recipient = $World.Recipients[$Key]
    $mail = $World.Mail[$Key]
    $texts = @{}
    if ((Get-Text $mail $StampAttribute).StartsWith('busyline:', [StringComparison]::Ordinal)) {
        foreach ($name in $PersonalNames) { $texts[$name] = Get-Text $World.Personal[$Key] $name }
        foreach ($name in $MailNames) { $texts[$name] = Get-Text $mail $name }
    } else { $texts['DisplayName'] = Get-Text $recipient 'DisplayName' }
    $manager = ''
    if (Get-Text $World.Personal[$Key] 'Manager') { $manager = Get-Address-Of $World (Get-Text $World.Personal[$Key] 'Manager') }
    $external = (Get-Text $mail 'ExternalEmailAddress') -replace '^(?i)smtp:', ''
    $changed = Get-Value $recipient 'WhenChangedUTC'
    return @{ recipient = @{
        guid = $Key
        kind = Get-Text $recipient 'RecipientTypeDetails'
        address = $(if ($external) { $external } else { Get-Text $recipient 'PrimarySmtpAddress' })
        addresses = @(Get-Addresses $recipient)
        members = @($World.Members[$Key] | Where-Object { $_ -and $World.Recipients.ContainsKey($_) } | ForEach-Object { Get-Main $World $_ })
        manager = $manager
        texts = $texts
        hidden = [bool](Get-Value $recipient 'HiddenFromAddressListsEnabled')
        synced = [bool](Get-Value $mail 'IsDirSynced')
        version = $(if ($changed) { ([DateTime]$changed).ToString('o') } else { '' })
    } }
}

# One JSON object a line, to a file beside the old one that takes its place when it is whole.
function Export-World($World, [array]$Results) {
    $half = "$ExportPath.half"
    $writer = New-Object System.IO.StreamWriter($half, $false, (New-Object System.Text.UTF8Encoding($false)))
    try {
        $ran = if ($ExportOnly -or $Preview) { '' } else { $Serial }
        $writer.WriteLine((@{ busyline = 1; sync = $Sync; serial = $ran } | ConvertTo-Json -Compress))
        foreach ($key in $World.Recipients.Keys) { $writer.WriteLine((Get-Recipient-Line $World $key | ConvertTo-Json -Compress -Depth 5)) }
        foreach ($result in $Results) { $writer.WriteLine((@{ result = $result } | ConvertTo-Json -Compress -Depth 3)) }
        $end = @{ end = $World.Recipients.Count; results = $Results.Count; finished = [DateTimeOffset]::UtcNow.ToString('o') }
        $writer.WriteLine(($end | ConvertTo-Json -Compress))
    } finally { $writer.Dispose() }
    Move-Item -LiteralPath $half -Destination $ExportPath -Force
}

Assert-Ready
$World = Read-World
$results = @()
if ($Preview) {
    foreach ($step in $Steps) {
        $act = if ($step.Act -eq 'show' -and $step.Hidden) { 'hide' } else { $step.Act }
        Write-Output "would $act $($step.Anchor) $($step.Address)"
    }
} elseif (-not $ExportOnly) {
    $results = @(foreach ($step in $Steps) { Invoke-Step $step })
    $World = Read-World
}
Export-World $World $results
$results | Group-Object { $_.state } | ForEach-Object { Write-Output "$($_.Count) $($_.Name)" }
Write-Output "What stands there is in $ExportPath."
