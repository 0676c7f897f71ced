-- Articles by their own ids.
-- Comes after head.lua and tables.lua, and before find.lua and register.lua.

-- Number and record of the article with this id, of which `print` is the print; nil if it is not
-- remembered.
local function article_under(id, print, window, short)
  local long = open_tables(tonumber(call('TIME')[1]), window, short)
  for _, t in ipairs({long.young, long.old or nil}) do
    read(t, print)
    local value, short_print = t.values[t.slots[1]], sub(print, 2)
    local at = value and find(value, short_print, 1, true)
    for _, number in ipairs(at and owners(value, short_print, at) or {}) do
      local record = record_of(number)
      if record and id_of(record) == id then return number, record end
    end
  end
end
