[CmdletBinding()]
param(
    # Tell what would be put back; change nothing.
    [switch]$Preview,
    # Where what stood there was kept; beside this script unless said otherwise.
    [string]$RecordPath = ''
)
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
#-- data --
if (-not $RecordPath) { $RecordPath = Join-Path $PSScriptRoot $RecordName }
# The working directory of .NET is not that of PowerShell.
$RecordPath = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($RecordPath)
$script:Undone = 0

function Get-Value($Object, [string]$Name) {
    if ($null -eq $Object) { return $null }
    $property = $Object.PSObject.Properties[$Name]
    if ($property) { return $property.Value }
    return $null
}

function Assert-Ready {
    foreach ($name in @('Get-OrganizationRelationship', 'Get-SharingPolicy', 'Set-SharingPolicy', 'Remove-OrganizationRelationship', 'Set-OrganizationRelationship')) {
        if (-not (Get-Command $name -ErrorAction SilentlyContinue)) {
            throw "$name is not there: run Connect-ExchangeOnline first, as an administrator of organization sharing."
        }
    }
    if (-not (Test-Path -LiteralPath $RecordPath)) { throw "$RecordPath is not there: it says what stood there before. Put it beside this script, or say -RecordPath." }
}

# What was put back once is done with: whatever stands there by now is somebody else's.
function Select-Standing($Changes, $Undone) {
    $gone = $false
    foreach ($each in @($Changes)) {
        $name = if ($each.kind -eq 'policy') { $each.domain } else { $each.name }
        $same = $each.kind -ceq $Undone.kind -and $name -ceq $Undone.name -and (Get-Value $each 'setting') -ceq (Get-Value $Undone 'setting')
        if ($same -and -not $gone) { $gone = $true } else { $each }
    }
}

# The changes, last one first, without those that were put back. A line that broke off tells of a change that was never made.
function Read-Changes {
    $lines = @(Get-Content -LiteralPath $RecordPath -Encoding UTF8 | Where-Object { $_.Trim() })
    if (-not $lines.Count) { throw "$RecordPath is empty." }
    $changes = @()
    foreach ($number in 0..($lines.Count - 1)) {
        try { $line = $lines[$number] | ConvertFrom-Json } catch {
            if ($number -eq 0) { throw "$RecordPath cannot be read." }
            Write-Warning "Line $($number + 1) of $RecordPath broke off: its change was not made."
            continue
        }
        if ($number -eq 0 -and ((Get-Value $line 'busyline') -ne 1 -or (Get-Value $line 'pair') -cne $Pair)) { throw "$RecordPath is the record of something else." }
        $change = Get-Value $line 'change'
        if ($null -ne $change) { $changes = @($change) + $changes }
        $undone = Get-Value $line 'undone'
        if ($null -ne $undone) { $changes = @(Select-Standing $changes $undone) }
    }
    return $changes
}

function Add-Line([hashtable]$Line) {
    if ($Preview) { return }
    # Each begins a line of its own, so that one that broke off spoils no other.
    $gap = if (Test-Path -LiteralPath $RecordPath) { "`n" } else { '' }
    $text = $gap + ($Line | ConvertTo-Json -Compress -Depth 6)
    [System.IO.File]::AppendAllText($RecordPath, $text, (New-Object System.Text.UTF8Encoding($false)))
}

function Get-Plain($Value) {
    if ($Value -is [string] -or $Value -isnot [System.Collections.IEnumerable]) { return ([string]$Value).ToLowerInvariant() }
    return (@($Value | ForEach-Object { ([string]$_).ToLowerInvariant() } | Sort-Object) -join ',')
}

function Invoke-Back([hashtable]$Back, [string]$Words, [string]$Cmdlet, [hashtable]$With) {
    if ($Preview) {
        Write-Output "would: $Words"
        return
    }
    & $Cmdlet @With -ErrorAction Stop | Out-Null
    $script:Undone++
    Add-Line @{ undone = $Back }
    Write-Output "done: $Words"
}

function Undo-Setting($Change) {
    $found = @(Get-OrganizationRelationship | Where-Object { [string]$_.Guid -eq $Change.guid })
    if (-not $found.Count) {
        Write-Warning "left: the organization relationship $($Change.name) is not there any more"
        return
    }
    $now = Get-Value $found[0] $Change.setting
    if ((Get-Plain $now) -eq (Get-Plain $Change.before)) { return }
    if ((Get-Plain $now) -ne (Get-Plain $Change.after)) {
        Write-Warning "left: somebody changed $($Change.setting) of $($Change.name) since"
        return
    }
    Invoke-Back @{ kind = $Change.kind; name = $Change.name; setting = $Change.setting } "$($Change.setting) of the organization relationship $($Change.name) is $(@($Change.before) -join ', ') again" 'Set-OrganizationRelationship' @{ Identity = $Change.guid; ($Change.setting) = $Change.before }
}

function Undo-Made($Change) {
    $found = @(Get-OrganizationRelationship | Where-Object { [string]$_.Name -eq $Change.name })
    if (-not $found.Count) { return }
    foreach ($name in @('DomainNames', 'Enabled', 'FreeBusyAccessEnabled', 'FreeBusyAccessLevel')) {
        if ((Get-Plain (Get-Value $found[0] $name)) -ne (Get-Plain (Get-Value $Change.after $name))) {
            Write-Warning "left: somebody changed $name of $($Change.name) since"
            return
        }
    }
    Invoke-Back @{ kind = $Change.kind; name = $Change.name } "the organization relationship $($Change.name) is removed" 'Remove-OrganizationRelationship' @{ Identity = [string]$found[0].Guid; Confirm = $false }
}

function Undo-Policy($Change) {
    $found = @(Get-SharingPolicy | Where-Object { [string]$_.Guid -eq $Change.guid })
    if (-not $found.Count) {
        Write-Warning "left: the sharing policy $($Change.name) is not there any more"
        return
    }
    foreach ($entry in @($found[0].Domains)) {
        $domain, $actions = ([string]$entry).Split(':', 2)
        if ($domain.Trim() -ne $Change.domain) { continue }
        if (([string]$actions).Trim() -ne $Change.after) {
            Write-Warning "left: somebody changed what $($Change.name) lets people share with $($Change.domain) since"
            return
        }
        Invoke-Back @{ kind = $Change.kind; name = $Change.domain } "the sharing policy $($Change.name) does not name $($Change.domain) any more" 'Set-SharingPolicy' @{ Identity = $Change.guid; Domains = @{ Remove = [string]$entry } }
        return
    }
}

Assert-Ready
foreach ($change in @(Read-Changes)) {
    switch ($change.kind) {
        'relationship' { Undo-Setting $change }
        'made' { Undo-Made $change }
        'policy' { Undo-Policy $change }
    }
}
Add-Line @{ end = $Serial; finished = [DateTimeOffset]::UtcNow.ToString('o') }
if ($Preview) { Write-Output 'Nothing was changed.' } else { Write-Output "$($script:Undone) put back." }
