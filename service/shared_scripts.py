"""What the shared store runs inside itself, so that each step is one and takes one round trip (Redis 5, Valkey).

KEYS are the places of the values, then those of the locks, then those of the notes, in the same order, and last that
of the era. A value is kept behind the instant at which it was asked for (13 digits, milliseconds since 1970 by the
clock of the store) and the first 8 bytes of the era, a note behind how often in a row fetching brought nothing to share
(a digit), when it was written, when it was asked for, and the era. What is of another era counts as not there.
"""

from typing import Final

STAMP: Final = 13
"""Digits of an instant."""
MARK: Final = 8
"""Bytes of the era that stand beside each value."""

_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local count = (#KEYS - 1) / 3
local era = redis.call('GET', KEYS[#KEYS]) or ''
local mark = string.sub(era, 1, 8)
"""

LOOK: Final = (
    _NOW
    + """
local since, waiting = tonumber(ARGV[3]), tonumber(ARGV[4])
local out = {now, era}
local function value(i)
  local there = redis.call('GET', KEYS[i])
  local stamp = there and era ~= '' and string.sub(there, 14, 21) == mark and tonumber(string.sub(there, 1, 13))
  local age = stamp and now - stamp
  if age and age >= 0 and age < tonumber(ARGV[i + 4]) and stamp >= since then
    return string.sub(there, 1, 13) .. string.sub(there, 22)
  end
end
local function note(i)
  local there = waiting > 0 and era ~= '' and redis.call('GET', KEYS[2 * count + i])
  if there and string.sub(there, 28, 35) == mark and tonumber(string.sub(there, 1, 1)) >= 2
    and tonumber(string.sub(there, 2, 14)) >= waiting then
    return '!' .. string.sub(there, 15, 27) .. string.sub(there, 36)
  end
end
local function lock(i)
  if redis.call('SET', KEYS[count + i], ARGV[1], 'NX', 'PX', ARGV[2]) then
    return '-' .. ARGV[1]
  end
  return '-' .. (redis.call('GET', KEYS[count + i]) or '')
end
for i = 1, count do
  out[i + 2] = value(i) or note(i) or lock(i)
end
return out
"""
)
"""ARGV: a token, how long a lock lives, the oldest instant that is believed, the instant from when on notes are wanted
(0: none), then how old each value may be. Now, the era, then each value, or "!" and a note, or "-" and who locks."""

PUT: Final = (
    _NOW
    + """
local function keep(i, stamp, life, value)
  local there = redis.call('GETRANGE', KEYS[i], 0, 20)
  local left = tonumber(life) - (now - tonumber(stamp))
  if mark == '' or era ~= ARGV[2] or tonumber(stamp) > now or left <= 0 then
    return
  end
  local old = string.sub(there, 14, 21) == mark and tonumber(string.sub(there, 1, 13))
  if not (old and old > tonumber(stamp) and old <= now) then
    redis.call('SET', KEYS[i], stamp .. mark .. value, 'PX', left)
  end
  redis.call('DEL', KEYS[2 * count + i])
end
local function tell(i, stamp, note)
  local failed = tonumber(redis.call('GETRANGE', KEYS[2 * count + i], 0, 0)) or 0
  local head = math.min(failed + 1, 9) .. string.format('%013.0f', now)
  redis.call('SET', KEYS[2 * count + i], head .. stamp .. mark .. note, 'PX', ARGV[3])
end
for i = 1, count do
  local stamp, life, value, note = unpack(ARGV, 4 * i, 4 * i + 3)
  keep(i, stamp, life, value)
  if note ~= '' and mark ~= '' and era == ARGV[2] then
    tell(i, stamp, note)
  end
  if redis.call('GET', KEYS[count + i]) == ARGV[1] then
    redis.call('DEL', KEYS[count + i])
  end
end
"""
)
"""ARGV: a token, the era in which it was asked, how long a note lives, then stamp, life, value and note of each. Keeps
what still lives and is not older than what is there; nothing where another era has begun."""

HOLD: Final = """
for i = (#KEYS - 1) / 3 + 1, 2 * (#KEYS - 1) / 3 do
  if redis.call('GET', KEYS[i]) == ARGV[1] then
    redis.call('PEXPIRE', KEYS[i], ARGV[2])
  end
end
"""
"""ARGV: a token, and how long its locks live from now."""

BEGIN: Final = """
local era = redis.call('GET', KEYS[#KEYS]) or ''
if era == ARGV[1] then
  era = ARGV[2]
  redis.call('SET', KEYS[#KEYS], era)
end
return era
"""
"""ARGV: the era that ends, and the one that begins, unless another has begun meanwhile. The era that is now."""

FORGET: Final = "redis.call('DEL', unpack(KEYS, 1, #KEYS - 1))"
"""Removes values, locks and notes."""
