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
    if (-not $ExportOnly) {
        $needed += @('New-MailContact', 'Set-MailContact', 'Set-Contact', 'Remove-MailContact', 'Set-MailUser')
        if (@($Steps | Where-Object { $_.Form -eq 'mail-user' }).Count) {
            $needed += @('New-MailUser', 'Set-User', 'Remove-MailUser')
            if (-not $OnPremises) { $needed += 'Update-MgUser' }
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
    $world = @{ Recipients = @{}; ByAddress = @{}; ByStamp = @{}; Mail = @{}; Personal = @{} }
    $mailUsers = @{ RecipientTypeDetails = @('MailUser', 'GuestMailUser') }
    foreach ($part in @((Get-Detail 'Get-MailContact' @{}), (Get-Detail 'Get-MailUser' @{}))) {
        foreach ($key in $part.Keys) { $world.Mail[$key] = $part[$key] }
    }
    foreach ($part in @((Get-Detail 'Get-Contact' @{}), (Get-Detail 'Get-User' $mailUsers))) {
        foreach ($key in $part.Keys) { $world.Personal[$key] = $part[$key] }
    }
    foreach ($recipient in @(Invoke-Paced 'Get-Recipient' @{ ResultSize = 'Unlimited' })) {
        $key = [string]$recipient.Guid
        $world.Recipients[$key] = $recipient
        foreach ($address in @(Get-Addresses $recipient)) { $world.ByAddress[$address] = @($world.ByAddress[$address]) + $key }
        $stamp = Get-Text $world.Mail[$key] $StampAttribute
        if ($stamp) { $world.ByStamp[$stamp] = $key }
    }
    return $world
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
    if ($Form -eq 'mail-contact') { return @{ Mail = 'Set-MailContact'; Personal = 'Set-Contact'; Remove = 'Remove-MailContact'; Read = 'Get-MailContact' } }
    return @{ Mail = 'Set-MailUser'; Personal = 'Set-User'; Remove = 'Remove-MailUser'; Read = 'Get-MailUser' }
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
    $personal = Get-Differences (Invoke-Paced ($cmdlets.Personal -replace '^Set-', 'Get-') @{ Identity = $Guid }) $Step.Personal
    $own = Get-Differences $Mail $Step.Mail
    $there = @(Get-Addresses $Mail)
    $add = @($Step.Add | Where-Object { $there -notcontains ($_.ToLowerInvariant() -replace '^smtp:', '') })
    $take = @($Step.Take | Where-Object { $there -contains ($_.ToLowerInvariant() -replace '^smtp:', '') })
    if ($add.Count -or $take.Count) {
        $own['EmailAddresses'] = @{}
        if ($add.Count) { $own['EmailAddresses']['Add'] = $add }
        if ($take.Count) { $own['EmailAddresses']['Remove'] = $take }
    }
    if ($null -ne $Step.Hidden -and [bool](Get-Value $Mail 'HiddenFromAddressListsEnabled') -ne $Step.Hidden) { $own['HiddenFromAddressListsEnabled'] = $Step.Hidden }
    $changed = Move-Address $Step $Guid $Mail $cmdlets
    if ($own.Count) { Invoke-Paced $cmdlets.Mail (@{ Identity = $Guid } + $own) | Out-Null }
    if ($personal.Count) { Invoke-Paced $cmdlets.Personal (@{ Identity = $Guid } + $personal) | Out-Null }
    if ($changed -or $own.Count -or $personal.Count) { return 'done' }
    return 'unchanged'
}

function Move-Address([hashtable]$Step, [string]$Guid, $Mail, [hashtable]$Cmdlets) {
    if (-not $Step.Was) { return $false }
    $now = (Get-Text $Mail 'ExternalEmailAddress') -replace '^(?i)smtp:', ''
    if ($now -ine $Step.Address) {
        if ($now -ine $Step.Was) { throw 'skipped: the address was changed by somebody else meanwhile, plan again' }
        $others = @($World.ByAddress[$Step.Address] | Where-Object { $_ -and $_ -ne $Guid })
        if ($others.Count) { throw "skipped: the address $($Step.Address) is that of $($others[0])" }
        Invoke-Paced $Cmdlets.Mail @{ Identity = $Guid; ExternalEmailAddress = $Step.Address } | Out-Null
    }
    $object = Invoke-Paced $Cmdlets.Read @{ Identity = $Guid }
    if ((Get-Text $object 'PrimarySmtpAddress') -ine $Step.Address) {
        Invoke-Paced $Cmdlets.Mail @{ Identity = $Guid; WindowsEmailAddress = $Step.Address } | Out-Null
    }
    if (@(Get-Addresses (Invoke-Paced $Cmdlets.Read @{ Identity = $Guid })) -contains $Step.Was) {
        Invoke-Paced $Cmdlets.Mail @{ Identity = $Guid; EmailAddresses = @{ Remove = "smtp:$($Step.Was)" } } | Out-Null
    }
    return $true
}

function New-Object-For([hashtable]$Step) {
    $with = @{ Name = $Step.Name; Alias = $Step.Alias; ExternalEmailAddress = $Step.Address }
    if ($OrganizationalUnit) { $with['OrganizationalUnit'] = $OrganizationalUnit }
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
        Invoke-Paced $cmdlets.Mail @{ Identity = $guid; $StampAttribute = $Step.Stamp } | Out-Null
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
    Invoke-Paced (Get-Cmdlets $Step.Form).Remove @{ Identity = $Step.Guid; Confirm = $false } | Out-Null
    foreach ($address in @(Get-Addresses $World.Recipients[$Step.Guid])) {
        $World.ByAddress[$address] = @($World.ByAddress[$address] | Where-Object { $_ -ne $Step.Guid })
    }
    $World.Mail.Remove($Step.Guid)
    return 'done'
}

function Show-Guest([hashtable]$Step) {
    $guests = @($World.ByAddress[$Step.Address] | Where-Object { $_ -and (Get-Text $World.Recipients[$_] 'RecipientTypeDetails') -eq 'GuestMailUser' })
    if ($guests.Count -ne 1) { throw 'skipped: there is no guest with this address yet, run the script again later' }
    if (-not (Get-Value $World.Mail[$guests[0]] 'HiddenFromAddressListsEnabled')) { return 'unchanged' }
    Invoke-Paced 'Set-MailUser' @{ Identity = $guests[0]; HiddenFromAddressListsEnabled = $false } | Out-Null
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

function Get-Recipient-Line($World, [string]$Key) {
    $recipient = $World.Recipients[$Key]
    $mail = $World.Mail[$Key]
    $texts = @{}
    if ((Get-Text $mail $StampAttribute).StartsWith('busyline:', [StringComparison]::Ordinal)) {
        foreach ($name in $PersonalNames) { $texts[$name] = Get-Text $World.Personal[$Key] $name }
        foreach ($name in $MailNames) { $texts[$name] = Get-Text $mail $name }
    } else { $texts['DisplayName'] = Get-Text $recipient 'DisplayName' }
    $external = (Get-Text $mail 'ExternalEmailAddress') -replace '^(?i)smtp:', ''
    $changed = Get-Value $recipient 'WhenChangedUTC'
    return @{ recipient = @{
        guid = $Key
        kind = Get-Text $recipient 'RecipientTypeDetails'
        address = $(if ($external) { $external } else { Get-Text $recipient 'PrimarySmtpAddress' })
        addresses = @(Get-Addresses $recipient)
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
    foreach ($step in $Steps) { Write-Output "would $($step.Act) $($step.Anchor) $($step.Address)" }
} elseif (-not $ExportOnly) {
    $results = @(foreach ($step in $Steps) { Invoke-Step $step })
    $World = Read-World
}
Export-World $World $results
$results | Group-Object { $_.state } | ForEach-Object { Write-Output "$($_.Count) $($_.Name)" }
Write-Output "What stands there is in $ExportPath."
