"""What the shared store runs inside itself, so that each step is one and takes one round trip (Redis 5, Valkey).

KEYS are the places of the values, then those of the locks, in the same order. A value is kept behind the instant at
which it was asked for: 13 digits, milliseconds since 1970 by the clock of the store.
"""

from typing import Final

STAMP: Final = 13
"""Digits of the instant before each value."""

_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local count = #KEYS / 2
"""

LOOK: Final = (
    _NOW
    + """
local out = {now}
for i = 1, count do
  local value = redis.call('GET', KEYS[i])
  local age = value and tonumber(string.sub(value, 1, 13))
  age = age and now - age
  if age and age >= 0 and age < tonumber(ARGV[i + 2]) then
    out[i + 1] = value
  elseif redis.call('SET', KEYS[count + i], ARGV[1], 'NX', 'PX', ARGV[2]) then
    out[i + 1] = '-' .. ARGV[1]
  else
    out[i + 1] = '-' .. (redis.call('GET', KEYS[count + i]) or '')
  end
end
return out
"""
)
"""ARGV: a token, how long a lock lives, then how old each value may be. Now, then each value, or "-" and who locks."""

PUT: Final = (
    _NOW
    + """
for i = 1, count do
  local stamp, life = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local left = life - (now - stamp)
  if stamp <= now and left > 0 then
    local old = tonumber(redis.call('GETRANGE', KEYS[i], 0, 12))
    if not (old and old > stamp and old <= now) then
      redis.call('SET', KEYS[i], ARGV[3 * i - 1] .. ARGV[3 * i + 1], 'PX', left)
    end
  end
  if redis.call('GET', KEYS[count + i]) == ARGV[1] then
    redis.call('DEL', KEYS[count + i])
  end
end
"""
)
"""ARGV: a token, then stamp, life and value of each. Keeps what still lives and is not older than what is there."""

HOLD: Final = """
for i = #KEYS / 2 + 1, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then
    redis.call('PEXPIRE', KEYS[i], ARGV[2])
  end
end
"""
"""ARGV: a token, and how long its locks live from now."""

FORGET: Final = "redis.call('DEL', unpack(KEYS))"
"""Removes values and locks."""
