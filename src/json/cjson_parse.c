#include "json/cjson_parse.h"

#include "base/forks.h"
#include "json/cjson_integers.h"
#include "json/cjson_nuls.h"

#include <stdlib.h>
#include <string.h>

/* Of cJSON's place of an error, which is one for all threads. */
static struct fork_lock lock;

__attribute__((constructor)) static void open_lock(void)
{
    fork_lock_open(&lock, 0);
}

/* `*fault`: where parsing ended. */
static cJSON *parse(const char *text, size_t *fault)
{
    const char *end = text;
    cJSON *tree;

    pthread_mutex_lock(&lock.mutex);
    tree = cJSON_ParseWithOpts(text, &end, true);
    pthread_mutex_unlock(&lock.mutex);
    *fault = (size_t)(end - text);
    return tree;
}

cJSON *json_parse(const char *text, size_t *fault)
{
    char *hidden = cjson_hide_nuls(text);
    size_t place = 0;
    cJSON *tree = hidden != NULL ? parse(hidden, &place) : NULL;

    if (tree != NULL && !cjson_keep_integers(tree, text)) {
        cJSON_Delete(tree);
        tree = NULL;
    }
    if (tree == NULL && fault != NULL) {
        *fault = cjson_place_of(text, place);
    }
    free(hidden);
    return tree;
}

struct member {
    cJSON *item;
    size_t place;
};

/* By name, then by place. */
static int compare_members(const void *a, const void *b)
{
    const struct member *first = a, *second = b;
    int names = strcmp(first->item->string, second->item->string);

    return names != 0 ? names : (first->place > second->place) - (first->place < second->place);
}

static bool keep_last_here(cJSON *object)
{
    size_t count = (size_t)cJSON_GetArraySize(object), i = 0;
    struct member *members = count > 1 ? malloc(count * sizeof(*members)) : NULL;
    cJSON *item;

    if (members == NULL) {
        return count <= 1;
    }
    cJSON_ArrayForEach(item, object)
    {
        members[i] = (struct member){item, i};
        i++;
    }
    qsort(members, count, sizeof(*members), compare_members);
    for (i = 0; i + 1 < count; i++) {
        if (strcmp(members[i].item->string, members[i + 1].item->string) == 0) {
            cJSON_Delete(cJSON_DetachItemViaPointer(object, members[i].item));
        }
    }
    free(members);
    return true;
}

bool json_keep_last(cJSON *tree)
{
    cJSON *item;

    if (cJSON_IsObject(tree) && !keep_last_here(tree)) {
        return false;
    }
    cJSON_ArrayForEach(item, tree)
    {
        if (!json_keep_last(item)) {
            return false;
        }
    }
    return true;
}
