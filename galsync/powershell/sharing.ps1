[CmdletBinding()]
param(
    # Tell what would be changed; change nothing.
    [switch]$Preview,
    # Where what stood there is kept; beside this script unless said otherwise.
    [string]$RecordPath = ''
)
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
#-- data --
if (-not $RecordPath) { $RecordPath = Join-Path $PSScriptRoot $RecordName }
# The working directory of .NET is not that of PowerShell.
$RecordPath = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($RecordPath)
$script:Changed = 0

function Get-Value($Object, [string]$Name) {
    if ($null -eq $Object) { return $null }
    $property = $Object.PSObject.Properties[$Name]
    if ($property) { return $property.Value }
    return $null
}

function Assert-Ready {
    foreach ($name in @('Get-OrganizationRelationship', 'Get-SharingPolicy', 'Set-SharingPolicy', 'New-OrganizationRelationship', 'Set-OrganizationRelationship')) {
        if (-not (Get-Command $name -ErrorAction SilentlyContinue)) {
            throw "$name is not there: run Connect-ExchangeOnline first, as an administrator of organization sharing."
        }
    }
    if (Test-Path -LiteralPath $RecordPath) {
        $head = Get-Content -LiteralPath $RecordPath -Encoding UTF8 -TotalCount 1 | ConvertFrom-Json
        if ((Get-Value $head 'busyline') -ne 1 -or (Get-Value $head 'pair') -cne $Pair) { throw "$RecordPath is the record of something else: move it away, or say -RecordPath." }
    }
}

# One JSON object a line, each on the disk before the change that it tells of is made.
function Add-Line([hashtable]$Line) {
    if ($Preview) { return }
    # Each begins a line of its own, so that one that broke off spoils no other.
    $gap = if (Test-Path -LiteralPath $RecordPath) { "`n" } else { '' }
    $text = $gap + ($Line | ConvertTo-Json -Compress -Depth 6)
    [System.IO.File]::AppendAllText($RecordPath, $text, (New-Object System.Text.UTF8Encoding($false)))
}

function Get-Now { return [DateTimeOffset]::UtcNow.ToString('o') }

function Get-Names($Values) {
    return @(@($Values) | Where-Object { $_ } | ForEach-Object { ([string]$_).ToLowerInvariant() })
}

function Invoke-Change([hashtable]$Change, [string]$Words, [string]$Cmdlet, [hashtable]$With) {
    if ($Preview) {
        Write-Output "would: $Words"
        return
    }
    Add-Line @{ change = $Change }
    & $Cmdlet @With -ErrorAction Stop | Out-Null
    $script:Changed++
    Write-Output "done: $Words"
}

# Who is named by a relationship that is there already is left to it: it is not ours to widen or to narrow. Our own shows
# less where less is wanted by now.
function Add-Relationship {
    $named = @()
    foreach ($each in @(Get-OrganizationRelationship)) {
        $theirs = @(Get-Names $each.DomainNames | Where-Object { $Domains -contains $_ })
        $named += $theirs
        if ($theirs.Count -and [string]$each.Name -eq $RelationshipName -and $Level -eq 'AvailabilityOnly' -and [string]$each.FreeBusyAccessLevel -eq 'LimitedDetails') {
            $change = @{ kind = 'relationship'; guid = [string]$each.Guid; name = [string]$each.Name; setting = 'FreeBusyAccessLevel'; before = 'LimitedDetails'; after = $Level }
            Invoke-Change $change "let the organization relationship $($each.Name) show $Level" 'Set-OrganizationRelationship' @{ Identity = [string]$each.Guid; FreeBusyAccessLevel = $Level }
            continue
        }
        if ($theirs.Count) { Write-Output "left as it is: the organization relationship $($each.Name), for $($theirs -join ', ') (enabled: $($each.Enabled), $($each.FreeBusyAccessLevel))" }
    }
    $missing = [string[]]@($Domains | Where-Object { $named -notcontains $_ })
    if (-not $missing.Count) { return }
    $settings = @{
        DomainNames = $missing
        Enabled = $true
        FreeBusyAccessEnabled = $true
        FreeBusyAccessLevel = $Level
        TargetApplicationUri = $TargetApplicationUri
        TargetAutodiscoverEpr = $TargetAutodiscoverEpr
    }
    $change = @{ kind = 'made'; name = $RelationshipName; after = $settings }
    Invoke-Change $change "make the organization relationship $RelationshipName for $($missing -join ', ') ($Level)" 'New-OrganizationRelationship' ($settings + @{ Name = $RelationshipName })
}

function Disable-Relationships {
    foreach ($each in @(Get-OrganizationRelationship)) {
        $theirs = @(Get-Names $each.DomainNames | Where-Object { $Domains -contains $_ })
        if (-not $theirs.Count -or -not $each.Enabled -or ($Level -and [string]$each.Name -eq $RelationshipName)) { continue }
        $more = @('MailTipsAccessEnabled', 'MailboxMoveEnabled', 'PhotosEnabled', 'ArchiveAccessEnabled', 'DeliveryReportEnabled' | Where-Object { (Get-Value $each $_) -eq $true })
        if ($more.Count) { Write-Warning "$($each.Name) does more for $($theirs -join ', ') than free/busy ($($more -join ', ')), and that ends with it" }
        $others = [string[]]@(Get-Names $each.DomainNames | Where-Object { $Domains -notcontains $_ })
        if ($others.Count) {
            $before = [string[]]@($each.DomainNames | ForEach-Object { [string]$_ })
            $change = @{ kind = 'relationship'; guid = [string]$each.Guid; name = [string]$each.Name; setting = 'DomainNames'; before = $before; after = $others }
            Invoke-Change $change "take $($theirs -join ', ') out of the organization relationship $($each.Name)" 'Set-OrganizationRelationship' @{ Identity = [string]$each.Guid; DomainNames = $others }
            continue
        }
        $change = @{ kind = 'relationship'; guid = [string]$each.Guid; name = [string]$each.Name; setting = 'Enabled'; before = $true; after = $false }
        Invoke-Change $change "disable the organization relationship $($each.Name)" 'Set-OrganizationRelationship' @{ Identity = [string]$each.Guid; Enabled = $false }
    }
}

# An address space has no switch, and may be there for good reasons: it is told of and not touched.
function Show-AddressSpaces {
    if (-not (Get-Command 'Get-AvailabilityAddressSpace' -ErrorAction SilentlyContinue)) { return }
    foreach ($each in @(Get-AvailabilityAddressSpace)) {
        if ($Domains -notcontains ([string]$each.ForestName).ToLowerInvariant()) { continue }
        Write-Warning "the availability address space $($each.ForestName) is said to win over the cross-tenant access policy: remove it where free/busy shall come by the policy"
    }
}

# A domain that the default sharing policy names already is left as it is.
function Add-Individual {
    $policy = @(Get-SharingPolicy | Where-Object { $_.Default })
    if ($policy.Count -ne 1) { throw 'Not exactly one sharing policy is the default: make one so, and run this again.' }
    $named = @(@($policy[0].Domains) | ForEach-Object { ([string]$_).Split(':')[0].Trim().ToLowerInvariant() })
    foreach ($domain in $Domains) {
        if ($named -contains $domain) {
            Write-Output "left as it is: the sharing policy $($policy[0].Name), for $domain"
            continue
        }
        $change = @{ kind = 'policy'; guid = [string]$policy[0].Guid; name = [string]$policy[0].Name; domain = $domain; after = $Individual }
        Invoke-Change $change "let people share with $domain ($Individual, by the policy $($policy[0].Name))" 'Set-SharingPolicy' @{ Identity = [string]$policy[0].Guid; Domains = @{ Add = "${domain}: $Individual" } }
    }
}

Assert-Ready
Add-Line @{ busyline = 1; pair = $Pair; serial = $Serial; begun = (Get-Now) }
if ($DisableOthers) {
    Disable-Relationships
    Show-AddressSpaces
}
if ($Level) { Add-Relationship }
if ($Individual) { Add-Individual }
Add-Line @{ end = $Serial; finished = (Get-Now) }
if ($Preview) { Write-Output 'Nothing was changed.' } else { Write-Output "$($script:Changed) changed. What stood there is in ${RecordPath}: keep it." }
