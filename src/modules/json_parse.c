#include "modules/json_parse.h"

#include "modules/json_integers.h"

#include <pthread.h>
#include <stdbool.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

cJSON *json_parse(const char *text, size_t *fault)
{
    const char *end = text;
    cJSON *tree;

    pthread_mutex_lock(&lock);
    tree = cJSON_ParseWithOpts(text, &end, true);
    pthread_mutex_unlock(&lock);
    if (tree != NULL && !cjson_keep_integers(tree, text)) {
        cJSON_Delete(tree);
        tree = NULL;
    }
    if (tree == NULL && fault != NULL) {
        *fault = (size_t)(end - text);
    }
    return tree;
}
