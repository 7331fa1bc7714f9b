-- Sends the bodies of a file in turn. Arguments: the file (each body after its length on a line), how many of them are
-- left out at first, then header, value, …
local requests, sent = {}, 0

function init(arguments)
  wrk.method = "POST"
  sent = tonumber(arguments[2])
  for i = 3, #arguments, 2 do
    wrk.headers[arguments[i]] = arguments[i + 1]
  end
  local file = assert(io.open(arguments[1], "rb"))
  local size = file:read("*n")
  while size do
    file:read(1)
    requests[#requests + 1] = wrk.format(nil, nil, nil, file:read(size))
    size = file:read("*n")
  end
  file:close()
  assert(#requests > 0, "no bodies")
end

function request()
  sent = sent % #requests + 1
  return requests[sent]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "microseconds": %d, "bytes": %d, "failed": %d, "p99": %d}\n',
    summary.requests, summary.duration, summary.bytes, e.connect + e.read + e.write + e.timeout + e.status,
    latency:percentile(99)))
end
