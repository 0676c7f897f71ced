"""A new generation of the article indices, filled while searches and writers go on.

The way of a migration, which a killed one takes up again where its checkpoint says:

1. `plan` compares the designs of the live indices with the present one; `runner` claims the
   checkpoint (`state`), so that one process migrates at a time.
2. `filling` copies every shard's articles (`copy_job`), then again and again what has been written
   meanwhile, until little is left.
3. `write_block` blocks writes into the old indices for a moment; the last writes are copied.
4. `write_block.swap` points searches and new articles to the new generation in one step; if the
   block has expired, nothing is swapped and the next round begins.
5. `finishing` compares everything (`verification`), repairs what is missing, waits for readers of
   the old generation, and deletes it.
"""
