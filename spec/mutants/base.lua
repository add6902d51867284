return {
  { name = "pool-large", file = "src/base/pool.c", kind = "missing clamp",
    old = [[    if (room < size) {
        room = size;
    }
]], new = "",
    breaks = "an allocation larger than a chunk gets none that is large enough",
    spec = "spec/extract/types_spec.lua", test = "may be long" },
  { name = "pool-reset-poison", file = "src/base/pool.c", kind = "missing reset",
    old = [[        ASAN_POISON_MEMORY_REGION(chunk_bytes(pool->first), pool->first->size);
]], new = "",
    breaks = "AddressSanitizer does not see who uses the last event's values",
    spec = "spec/memory/poison_spec.lua" },
  { name = "pool-reset-used", file = "src/base/pool.c", kind = "missing reset",
    old = [[    pool->current = pool->first;
    pool->used = 0;
}]], new = [[    pool->current = pool->first;
}]],
    breaks = "a pool that was reset goes on in the middle of its first chunk",
    spec = "spec/script/bounds_spec.lua", test = "many, and few" },
  { name = "text-nearest-bound", file = "src/base/text.c", kind = "bound by one",
    old = "width > LONGEST_WORD ||", new = "width > LONGEST_WORD + 1 ||",
    breaks = "a name of 64 letters overflows the row of the edit distance",
    spec = "spec/script/bounds_spec.lua", test = "up to 63 letters" },
  { name = "utf8-cut-off", file = "src/base/utf8.c", kind = "missing check",
    old = "if (text + i == end || at[i] < least", new = "if (at[i] < least",
    breaks = "a character that is cut off at the end of a text is read beyond it",
    spec = "spec/script/utf8_spec.lua", test = "as long as it likes" },
  { name = "utf8-last-sixteen", file = "src/base/utf8.c", kind = "missing check",
    old = "return end - begin >= 16 && _mm_movemask", new = "return _mm_movemask",
    breaks = "of a text shorter than 16 bytes what stands before it is read",
    spec = "spec/script/utf8_spec.lua", test = "as long as it likes" },
  { name = "file-status-change", file = "src/base/fileidentity.c", kind = "missing check",
    old = [[same_time(a->st_mtim, b->st_mtim) &&
           same_time(a->st_ctim, b->st_ctim)]], new = "same_time(a->st_mtim, b->st_mtim)",
    breaks = "a file that was written again with its old time and size is not read again",
    spec = "spec/reload/bounds_spec.lua", test = "time and size" },
  { name = "memory-limit-resize", file = "src/base/freelists.c", kind = "missing check",
    old = "if (new_size > old_size && !charge(blocks,", new = "if (false && !charge(blocks,",
    breaks = "tables and buffers grow beyond the memory limit",
    spec = "spec/script/limits_spec.lua", test = "fails what wants more" },
  { name = "memory-given", file = "src/base/memorybudget.c", kind = "missing release",
    old = [[        memory_release(budget, memory_cost(size));
        give_block(budget, block, size);]], new = "        give_block(budget, block, size);",
    breaks = "memory that was given back counts as in use",
    spec = "spec/memory/flat_spec.lua", test = "opened and closed" },
  { name = "background-signals", file = "src/base/helperthread.c", kind = "missing mask",
    old = [[    pthread_sigmask(SIG_SETMASK, &all, &before);
]], new = [[    pthread_sigmask(SIG_SETMASK, NULL, &before);
]],
    breaks = "the background thread takes the host's signals",
    spec = "spec/async/async_spec.lua", test = "takes no signal" },
  { name = "fork-locks", file = "src/base/forks.c", kind = "missing lock", build = "plainly",
    old = "        pthread_mutex_lock(lock->taken);", new = "        (void)lock;",
    breaks = "a lock that another thread held stays locked in a forked child",
    spec = "spec/badhost/heldlocks_spec.lua" },
  { name = "fork-locks-level", file = "src/base/forks.c", kind = "wrong order", build = "plainly",
    old = "(*link)->level > level", new = "(*link)->level < level",
    breaks = "a fork and a thread wait for each other for ever",
    spec = "spec/badhost/midwayfork_spec.lua", test = "no two locks" },
  { name = "fork-locks-child", file = "src/base/forks.c", kind = "missing release", build = "plainly",
    old = [[    forks_count++; /* the child has one thread */
    after_fork();]], new = "    forks_count++;",
    breaks = "all locks of objects are held for ever in a forked child",
    spec = "spec/badhost/heldlocks_spec.lua" },
  { name = "fork-locks-list", file = "src/base/forks.c", kind = "missing reset", build = "plainly",
    old = "    *lock->link = lock->next;\n", new = "",
    breaks = "a fork takes locks of objects that are no more",
    spec = "spec/badhost/busyhost_spec.lua", test = "may fork" },
}
