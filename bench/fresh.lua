-- A new address for each request, so that no page of it is kept: the page is made each time.
local number = 0
request = function()
  number = number + 1
  return wrk.format(nil, wrk.path .. "?fresh=" .. number .. "-" .. math.random(1e9))
end
init = function() math.randomseed(os.time() + tonumber(tostring({}):sub(8), 16) % 1e6) end
