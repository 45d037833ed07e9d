-- For wrk: the same request again and again, with the credentials of the file $CREDENTIALS_FILE
-- (user:password), since an argument can be read by others. BODY: POST it as JSON; none: GET.
-- PATHS: a file of paths, asked for in turn; none: that of the URL.
-- The result is one JSON line; times are in milliseconds.

local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(text)
    local out = {}
    for i = 1, #text, 3 do
        local a, b, c = text:byte(i, i + 2)
        local number = a * 65536 + (b or 0) * 256 + (c or 0)
        for place = 0, 3 do
            local digit = math.floor(number / 64 ^ (3 - place)) % 64
            local missing = (place == 2 and not b) or (place == 3 and not c)
            out[#out + 1] = missing and "=" or digits:sub(digit + 1, digit + 1)
        end
    end
    return table.concat(out)
end

local file = assert(io.open(os.getenv("CREDENTIALS_FILE")))
wrk.headers["Authorization"] = "Basic " .. base64(file:read("*l"))
file:close()

local body = os.getenv("BODY")
if body and body ~= "" then
    wrk.method = "POST"
    wrk.body = body
    wrk.headers["Content-Type"] = "application/json"
end

local paths = {}
if (os.getenv("PATHS") or "") ~= "" then
    for line in io.lines(os.getenv("PATHS")) do
        paths[#paths + 1] = line
    end
    local at = 0
    function request()
        at = at % #paths + 1
        return wrk.format(nil, paths[at])
    end
end

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        '{"requests":%d,"seconds":%.3f,"per_second":%.1f,"p50_ms":%.2f,"p99_ms":%.2f,"max_ms":%.2f,' ..
            '"refused":%d,"broken":%d}\n',
        summary.requests, summary.duration / 1e6, summary.requests / (summary.duration / 1e6),
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
