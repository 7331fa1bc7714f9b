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
    # Where what stood there is kept; beside this script unless said otherwise.
    [string]$RecordPath = '',
    # Run the steps although the script is more than a week old.
    [switch]$Old
)
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
#-- data --
if (-not $ExportPath) { $ExportPath = Join-Path $PSScriptRoot $ExportName }
if (-not $RecordPath) { $RecordPath = Join-Path $PSScriptRoot $RecordName }
# The working directory of .NET is not that of PowerShell.
$ExportPath = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($ExportPath)
$RecordPath = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($RecordPath)

function Assert-Ready {
    foreach ($name in @('Get-Mailbox', 'Set-Mailbox')) {
        if (-not (Get-Command $name -ErrorAction SilentlyContinue)) {
            throw "$name is not there: run Connect-ExchangeOnline (or the Exchange Management Shell) first, as an administrator of recipients."
        }
    }
    if (-not $ExportOnly -and -not $Preview -and -not $Old -and $Steps.Count -and [DateTime]::UtcNow - $Written -gt [TimeSpan]::FromDays(7)) {
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

function Get-Text($Object, [string]$Name) {
    $property = $Object.PSObject.Properties[$Name]
    if ($property) { return [string]$property.Value }
    return ''
}

function Get-Now { return [DateTimeOffset]::UtcNow.ToString('o') }

# Each line is on the disk before the change that it tells of is made.
function Add-Line([hashtable]$Line) {
    # Each begins a line of its own, so that one that broke off spoils no other.
    $gap = if (Test-Path -LiteralPath $RecordPath) { "`n" } else { '' }
    $text = $gap + ($Line | ConvertTo-Json -Compress -Depth 4)
    [System.IO.File]::AppendAllText($RecordPath, $text, (New-Object System.Text.UTF8Encoding($false)))
}

# Where mail goes, so that it can be compared and read.
function Get-Way([string]$To, [string]$Copy) {
    $address = ($To.Trim() -replace '^(?i)smtp:', '').ToLowerInvariant()
    if (-not $address) { return 'nowhere' }
    if ($Copy -eq 'True') { return "$address, and a copy stays" }
    return $address
}

# The mailbox is looked at at this moment: what is neither as it was nor as it shall be, somebody else changed.
function Set-Forward([hashtable]$Step) {
    $to = $Step.Mail['ForwardingSmtpAddress']
    $copy = $Step.Mail['DeliverToMailboxAndForward']
    $mailbox = Invoke-Paced 'Get-Mailbox' @{ Identity = $Step.Guid }
    $now = Get-Way (Get-Text $mailbox 'ForwardingSmtpAddress') (Get-Text $mailbox 'DeliverToMailboxAndForward')
    $before = Get-Way $to[0] $copy[0]
    $after = Get-Way $to[1] $copy[1]
    # Equals, and not -ceq, which takes texts for equal that differ in what nobody sees.
    if ($now.Equals($after)) { return 'unchanged' }
    if (-not $now.Equals($before)) { throw "skipped: somebody changed the forwarding meanwhile (now: $now), plan again" }
    if (Get-Text $mailbox 'ForwardingAddress') { throw 'skipped: mail goes to a recipient of the same organisation (ForwardingAddress), end that first' }
    if ($Preview) {
        Write-Host "would $($Step.Act) $($Step.Address): $now -> $after"
        return 'previewed'
    }
    Add-Line @{ change = @{ guid = $Step.Guid; mailbox = $Step.Address; to = (Get-Text $mailbox 'ForwardingSmtpAddress'); copy = (Get-Text $mailbox 'DeliverToMailboxAndForward'); after = $after; at = (Get-Now) } }
    $with = @{ Identity = $Step.Guid; ForwardingSmtpAddress = $null; DeliverToMailboxAndForward = $false }
    if ($to[1]) {
        $with['ForwardingSmtpAddress'] = $to[1]
        $with['DeliverToMailboxAndForward'] = $copy[1] -eq 'True'
    }
    Invoke-Paced 'Set-Mailbox' $with | Out-Null
    return 'done'
}

function Invoke-Step([hashtable]$Step) {
    $state = 'failed'
    $words = ''
    try {
        $state = Set-Forward $Step
    } catch {
        $words = [string]$_.Exception.Message
        if ($words.StartsWith('skipped: ')) {
            $state = 'skipped'
            $words = $words.Substring(9)
        }
        Write-Warning "$($Step.Act) $($Step.Address): $words"
    }
    return @{ act = $Step.Act; anchor = $Step.Anchor; state = $state; words = $words }
}

function Get-Mailbox-Line($Mailbox) {
    $addresses = @($Mailbox.EmailAddresses | ForEach-Object { [string]$_ } | Where-Object { $_ -match '^(?i)smtp:' } | ForEach-Object { $_.Substring(5).ToLowerInvariant() })
    return @{ recipient = @{
        guid = Get-Text $Mailbox 'Guid'
        address = (Get-Text $Mailbox 'PrimarySmtpAddress').ToLowerInvariant()
        addresses = $addresses
        to = Get-Text $Mailbox 'ForwardingSmtpAddress'
        copy = (Get-Text $Mailbox 'DeliverToMailboxAndForward') -eq 'True'
        inside = Get-Text $Mailbox 'ForwardingAddress'
    } }
}

# One JSON object a line, to a file beside the old one that takes its place when it is whole.
function Export-Mailboxes([array]$Results) {
    $half = "$ExportPath.half"
    $count = 0
    $mailboxes = @(Invoke-Paced 'Get-Mailbox' @{ ResultSize = 'Unlimited' })
    $writer = New-Object System.IO.StreamWriter($half, $false, (New-Object System.Text.UTF8Encoding($false)))
    try {
        $writer.WriteLine((@{ busyline = 1; move = $Move; serial = $Serial } | ConvertTo-Json -Compress))
        foreach ($mailbox in $mailboxes) {
            $writer.WriteLine((Get-Mailbox-Line $mailbox | ConvertTo-Json -Compress -Depth 4))
            $count++
        }
        foreach ($result in $Results) { $writer.WriteLine((@{ result = $result } | ConvertTo-Json -Compress -Depth 3)) }
        $writer.WriteLine((@{ end = $count; results = $Results.Count; finished = (Get-Now) } | ConvertTo-Json -Compress))
    } finally { $writer.Dispose() }
    Move-Item -LiteralPath $half -Destination $ExportPath -Force
}

function Invoke-Steps {
    if ($ExportOnly) { return }
    if (-not $Preview -and $Steps.Count) { Add-Line @{ busyline = 1; move = $Move; serial = $Serial; begun = (Get-Now) } }
    foreach ($step in $Steps) { Invoke-Step $step }
}

Assert-Ready
[array]$results = @(Invoke-Steps)
$results | Group-Object { $_.state } | ForEach-Object { Write-Output "$($_.Count) $($_.Name)" }
if ($Preview) { $results = @() }
Export-Mailboxes $results
if ($Preview -or $ExportOnly) { Write-Output 'Nothing was changed.' }
Write-Output "What stands there is in $ExportPath."
