-- Asks for the paths given after "--" in turn, and ends with one line of JSON (times in microseconds),
-- because wrk's own summary rounds and changes units.
local requests, last = {}, 0

init = function(paths)
  for number, path in ipairs(paths) do
    requests[number] = wrk.format("GET", path)
  end
end

request = function()
  last = last % #requests + 1
  return requests[last]
end

done = function(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "duration": %d, "p50": %d, "p99": %d, "refused": %d, "failed": %d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
