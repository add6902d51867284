#include "base/text.h"
#include "json/answervalues.h"
#include "json/joinedtext.h"
#include "json/jsonlookup.h"

#include <string.h>

/* ---- conditions, and alternatives for each element ---- */

/* A node that is followed from element to element. */
struct follower {
    const struct path_node *node;
    uint32_t mark; /* the next one */
};

/* The node of condition number `number` for the pointer number `pointer`. */
static const struct path_node *condition_node(const struct answer *answer, size_t pointer, size_t number)
{
    const struct paths *paths = answer->paths;

    return answer->nodes[paths->count + pointer * paths->condition_count + number];
}

bool paths_has_text(const char *at, const char *end, const struct path_condition *condition)
{
    const char *begin = *at == '"' ? at + 1 : at, *close = NULL;
    bool escaped = false;

    if (*at == '"') {
        close = json_string_end(begin, end, &escaped);
    } else if (*at != '{' && *at != '[') {
        close = json_skip_word(at, end);
    }
    for (size_t i = 0; close != NULL && i < condition->count; i++) {
        const char *text = condition->texts[i];
        size_t length = strlen(text);

        if (escaped ? json_string_equals(begin, close, text, length)
                    : (size_t)(close - begin) == length && memcmp(begin, text, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Are the conditions of a pointer true that no `*` leads to? They are looked at once, as their values may be
 * long. */
static bool hold_once(const struct answer *answer, size_t pointer)
{
    for (size_t i = 0; i < answer->paths->condition_count; i++) {
        const struct path_node *node = condition_node(answer, pointer, i);

        if (node->level == 0 && (!pathtree_found(answer->tree, node) ||
                                 !paths_has_text(answer->payload + node->place, answer->source.end,
                                                 &answer->paths->conditions[i]))) {
            return false;
        }
    }
    return true;
}

/* The follower's value in the element, or NULL; it goes on behind it. */
static const char *follow(const struct answer *answer, struct follower *follower)
{
    const struct path_node *node = follower->node;

    if (!pathtree_found(answer->tree, node) || follower->mark >= node->count ||
        node->marks[follower->mark].ends > 0) {
        return NULL;
    }
    return answer->payload + node->marks[follower->mark++].place;
}

/* The pointers of one group: alternatives for each element, and their conditions. All are below the same `*`,
 * so that their elements end together. */
struct group {
    size_t first, count; /* pointers */
    struct follower values[PATHS_MOST], conditions[PATHS_MOST_CONDITIONS];
};

static void begin_group(const struct answer *answer, struct group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        group->values[i] = (struct follower){answer->nodes[group->first + i], 0};
    }
    for (size_t i = 0; i < answer->paths->condition_count; i++) {
        group->conditions[i] = (struct follower){condition_node(answer, group->first, i), 0};
    }
}

/* Passes the mark of an end in all nodes of the group. */
static void pass_end(const struct answer *answer, struct group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        group->values[i].mark++;
    }
    for (size_t i = 0; i < answer->paths->condition_count; i++) {
        group->conditions[i].mark++;
    }
}

/* Are the conditions true of the element? */
static bool hold(const struct answer *answer, struct group *group)
{
    bool all = true;

    for (size_t i = 0; i < answer->paths->condition_count; i++) {
        struct follower *follower = &group->conditions[i];

        if (follower->node->level > 0) {
            const char *at = follow(answer, follower);

            all = all && at != NULL && paths_has_text(at, answer->source.end, &answer->paths->conditions[i]);
        }
    }
    return all;
}

/* The innermost element has ended. Adds what the first of the alternatives gives, where `wanted`. */
static void add_element(struct answer *answer, struct group *group, bool wanted)
{
    uint32_t before = answer->value->count;

    for (size_t i = 0; i < group->count; i++) {
        const char *at = follow(answer, &group->values[i]);

        if (at != NULL && wanted && answer->value->count == before) {
            answer_add_end(answer, at, NULL);
        }
    }
}

/* Adds what was found behind a `*`. An element with nothing in it is left out, or stands as the default; one
 * for which the conditions are not true is as if it were not there. */
static void add_marked(struct answer *answer, struct group *group)
{
    const struct path_node *node = answer->nodes[group->first];
    const struct paths_request *request = answer->request;
    uint32_t before[POINTER_MOST_PARTS + 1] = {0}; /* by `*`: how many there were when its element began */
    uint64_t element = 0;                          /* of the first `*` */

    begin_group(answer, group);
    for (uint32_t i = 0; i < node->count && !answer_is_full(answer); i++) {
        const uint32_t ends = node->marks[i].ends;
        bool wanted = !request->has_index || request->index == element;

        if (ends == 0) {
            continue;
        }
        if (ends == node->level) {
            wanted = hold(answer, group) && wanted;
            add_element(answer, group, wanted);
        }
        pass_end(answer, group);
        if (wanted && answer->value->count == before[ends]) {
            answer_add_missing(answer);
        }
        for (uint32_t level = ends; level <= node->level; level++) {
            before[level] = answer->value->count;
        }
        element += ends == 1;
    }
}

/* ---- all paths of a field ---- */

/* Adds what the pointers of one group give. */
static void add_group(struct answer *answer, struct group *group, const uint64_t *index)
{
    const struct path_node *first = answer->nodes[group->first];

    if (first->level > 0) {
        if (pathtree_found(answer->tree, first) && hold_once(answer, group->first)) {
            add_marked(answer, group);
        }
        return;
    }
    for (size_t i = group->first; i < group->first + group->count && answer->value->count == 0; i++) {
        if (pathtree_found(answer->tree, answer->nodes[i]) && hold_once(answer, i)) {
            answer->source.ends_text = answer->paths->pointers[i].count == 0;
            answer_add_end(answer, answer->payload + answer->nodes[i]->place, index);
            answer->source.ends_text = false;
        }
    }
}

/* Adds what the first group with values gives. */
static void add_groups(struct answer *answer, const uint64_t *index)
{
    const struct paths *paths = answer->paths;
    struct group group;

    group.first = 0; /* the followers are large, and mostly not used */
    while (group.first < paths->count && answer->value->count == 0 && !answer->source.no_memory) {
        group.count = 1;
        while (group.first + group.count < paths->count &&
               paths->pointers[group.first + group.count].together) {
            group.count++;
        }
        answer->lacks = false;
        add_group(answer, &group, index);
        group.first += group.count;
    }
}

static const char joined_too_long[] = "the texts to be joined have more than 16 MiB together";
_Static_assert(JOINED_MOST == (size_t)16 << 20, "as the text says");

void paths_answer(const struct paths *paths, const struct pathtree *tree, struct path_node *const *nodes,
                  const char *payload, size_t size, const struct paths_request *request, struct pool *pool,
                  struct value *value)
{
    struct answer answer = {
        .paths = paths,
        .tree = tree,
        .nodes = nodes,
        .request = request,
        .payload = payload,
        .source = {.end = payload + size, .type = request->type, .pool = pool, .no_memory = tree->no_memory},
        .value = value,
        .many = request->list || request->join != NULL,
        .left = JOINED_MOST,
    };
    const uint64_t *index = request->has_index ? &request->index : NULL;

    *value = (struct value){.outcome = VALUE_ABSENT};
    add_groups(&answer, index);
    if (value->count == 0 && tree->document && !answer.has_listed && !answer.source.no_memory &&
        !paths_has_star(paths)) {
        answer_add_default(&answer, index);
    }
    if (request->join != NULL && !request->list && value->count > 0 && !answer.source.no_memory) {
        answer_join_all(&answer);
    }
    if (answer.source.no_memory) {
        *value = (struct value){.outcome = VALUE_FAILED, .error = TEXT_NO_MEMORY};
    } else if (answer.too_long) {
        *value = (struct value){.outcome = VALUE_ABSENT, .error = joined_too_long};
    } else if (value->count > 0 && !(request->all && answer.lacks)) {
        value->outcome = VALUE_PRESENT;
    }
}
