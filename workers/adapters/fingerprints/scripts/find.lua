-- Answers the number of an article, or 0 if it is not remembered.
--
-- ARGV: id, its print, seconds of the window, seconds of the finer sketch
-- Comes after head.lua, tables.lua and articles.lua, and uses their locals.
return article_under(ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])) or 0
