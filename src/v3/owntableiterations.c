/* Iterations over own tables, from their begin to their end, or to the exception that leaves them. */
#include "v3/owntableentries.h"

/* The bytes of an iteration over so many entries. */
static size_t size_of(size_t entries)
{
    return sizeof(struct own_iteration) + entries * sizeof(struct own_entry *);
}

/* Removes it from the root's list, and releases what it holds. */
static void end(struct own_root *root, struct own_iteration **link)
{
    struct own_iteration *iteration = *link;

    *link = iteration->following;
    for (size_t i = iteration->released; i < iteration->count; i++) {
        own_entry_release(iteration->entries[i]);
    }
    own_give(root, iteration, size_of(iteration->room));
}

/* Ends iterations that an exception has left: calls of a thread nest, so a frame at or below that of a new
 * call no longer exists. (Stacks grow downward wherever lure runs.) */
static void end_abandoned(struct own_root *root, uintptr_t frame)
{
    struct own_iteration **link = &root->iterations;

    while (*link != NULL) {
        if (pthread_equal((*link)->thread, pthread_self()) && (*link)->frame <= frame) {
            end(root, link);
        } else {
            link = &(*link)->following;
        }
    }
}

struct own_iteration *own_iteration_begin(const struct own_table *table, uintptr_t frame)
{
    struct own_root *root = table->root;
    struct own_iteration *iteration;

    end_abandoned(root, frame);
    iteration = own_take(root, size_of(table->count));
    if (iteration == NULL) {
        return NULL;
    }
    *iteration = (struct own_iteration){
        .following = root->iterations, .thread = pthread_self(), .frame = frame, .room = table->count};
    root->iterations = iteration;
    for (size_t i = 0; i < table->bucket_count; i++) {
        for (struct own_entry *entry = table->buckets[i]; entry != NULL; entry = entry->next) {
            own_entry_hold(entry);
            iteration->entries[iteration->count++] = entry;
        }
    }
    return iteration;
}

struct own_entry *own_iteration_next(struct own_iteration *iteration)
{
    while (iteration->next > iteration->released) {
        own_entry_release(iteration->entries[iteration->released++]);
    }
    while (iteration->next < iteration->count) {
        struct own_entry *entry = iteration->entries[iteration->next++];

        if (entry->linked) {
            return entry;
        }
    }
    return NULL;
}

void own_iteration_end(struct own_root *root, struct own_iteration *iteration)
{
    struct own_iteration **link = &root->iterations;

    while (*link != iteration) {
        link = &(*link)->following;
    }
    end(root, link);
}

void own_iterations_end_all(struct own_root *root)
{
    while (root->iterations != NULL) {
        end(root, &root->iterations);
    }
}
