#include "base/clock.h"
#include "task/taskgroup.h"

#include <errno.h>
#include <lauxlib.h>
#include <stddef.h>
#include <string.h>

/* What a coroutine yields to wait; their addresses are the marks. */
static const char waits_mark = 'w', passes_mark = 'p';

struct task_state *task_state_of(lua_State *L)
{
    return *(struct task_state **)lua_getextraspace(L);
}

void task_state_open(lua_State *L, struct task_state *state)
{
    *(struct task_state **)lua_getextraspace(L) = state;
}

struct task *task_current(lua_State *L)
{
    const struct task_state *state = task_state_of(L);

    return state != NULL ? state->current : NULL;
}

struct task_group *task_group_of(const struct task *task)
{
    return task->group;
}

const struct script_clock *task_clock(lua_State *L)
{
    const struct task_state *state = task_state_of(L);

    return state != NULL ? state->clock : NULL;
}

int64_t task_now(lua_State *L)
{
    return scriptclock_now(task_clock(L));
}

struct poller *task_poller(const struct task *task)
{
    return task->group->poller;
}

uint32_t task_ready(lua_State *L)
{
    return task_current(L)->events;
}

static bool is_marked(lua_State *thread, const char *mark)
{
    return lua_status(thread) == LUA_YIELD && lua_gettop(thread) > 0 && lua_touserdata(thread, -1) == mark;
}

static void push_mark(lua_State *L, const char *mark)
{
    lua_pushlightuserdata(L, (void *)(uintptr_t)mark);
}

bool task_thread_waits(lua_State *thread)
{
    return is_marked(thread, &waits_mark) || is_marked(thread, &passes_mark);
}

lua_State *task_thread_inner(lua_State *thread)
{
    return is_marked(thread, &passes_mark) ? lua_tothread(thread, -2) : NULL;
}

void task_thread_unmark(lua_State *thread)
{
    lua_pop(thread, is_marked(thread, &passes_mark) ? 2 : 1);
}

int task_pass_lj(lua_State *thread, lua_State *inner, lua_KContext context, lua_KFunction k)
{
    lua_pushthread(inner);           /* inner: thread */
    lua_xmove(inner, thread, 1);     /* ..., inner */
    push_mark(thread, &passes_mark); /* ..., inner, mark */
    return lua_yieldk(thread, 2, context, k);
}

/* Whether no C function stands between `L` and who resumes the task. */
static bool can_yield(lua_State *L, const struct task_state *state)
{
    lua_State *thread = L;

    for (const struct task_link *link = state->running; link != NULL; link = link->previous) {
        if (link->thread != thread || !lua_isyieldable(thread)) {
            return false;
        }
        thread = link->from;
    }
    return thread == state->current->thread && lua_isyieldable(thread);
}

void task_check_lj(lua_State *L, const char *what)
{
    if (task_current(L) == NULL) {
        luaL_error(L,
                   "%s: cannot wait here; init, open, next, iterators, produce, async, every and tasks of "
                   "lure.spawn can",
                   what);
    }
    if (!can_yield(L, task_state_of(L))) {
        luaL_error(L,
                   "%s: cannot wait in a function that is called by C, as those given to string.gsub, "
                   "table.sort, load and require are; call it outside of that",
                   what);
    }
}

static void leave_queue(struct task *task)
{
    struct task_queue *queue = task->queue;

    if (queue == NULL) {
        return;
    }
    *(task->before != NULL ? &task->before->behind : &queue->first) = task->behind;
    *(task->behind != NULL ? &task->behind->before : &queue->last) = task->before;
    task->queue = NULL;
}

static void enter_queue(struct task_queue *queue, struct task *task)
{
    task->queue = queue;
    task->behind = NULL;
    task->before = queue->last;
    *(queue->last != NULL ? &queue->last->behind : &queue->first) = task;
    queue->last = task;
}

/* It waits for nothing any more. */
static void stop_waiting(struct task *task)
{
    leave_queue(task);
    poller_remove(task->group->poller, &task->watch);
    poller_unset(task->group->poller, &task->deadline);
}

static void make_ready(struct task *task)
{
    struct task_group *group = task->group;

    stop_waiting(task);
    task->status = TASK_READY;
    enter_queue(&group->ready, task);
    if (group->poller->waiting) {
        poller_wake(group->poller);
    }
}

static void watch_is_ready(struct poller_watch *watch, uint32_t events)
{
    struct task *task = (struct task *)(void *)((char *)watch - offsetof(struct task, watch));

    task->events = events;
    make_ready(task);
}

static void deadline_is_reached(struct poller_deadline *deadline)
{
    make_ready((struct task *)(void *)((char *)deadline - offsetof(struct task, deadline)));
}

static void join_group(struct task *task)
{
    struct task_group *group = task->group;

    if (task->link != NULL) {
        return;
    }
    task->next = group->tasks;
    task->link = &group->tasks;
    if (task->next != NULL) {
        task->next->link = &task->next;
    }
    group->tasks = task;
}

/* Yields to who resumes the task. */
static int suspend_lj(lua_State *L, struct task *task, int64_t deadline, lua_KContext context,
                      lua_KFunction k)
{
    if (deadline != DEADLINE_NONE) {
        poller_set(task->group->poller, &task->deadline, deadline);
    }
    if (task->status == TASK_RUNNING) {
        task->status = TASK_WAITING;
    }
    join_group(task);
    push_mark(L, &waits_mark); /* ..., mark */
    return lua_yieldk(L, 1, context, k);
}

int task_wait_lj(lua_State *L, int fd, uint32_t events, int64_t deadline, lua_KContext context,
                 lua_KFunction k)
{
    struct task *task;

    task_check_lj(L, "lure");
    luaL_checkstack(L, 1, NULL);
    task = task_current(L);
    task->events = 0;
    if (fd >= 0) {
        task->watch = (struct poller_watch){.fd = fd, .events = events, .ready = watch_is_ready};
        if (!poller_add(task->group->poller, &task->watch)) {
            if (errno != EPERM) {
                return luaL_error(L, "cannot wait for a descriptor: %s", strerror(errno));
            }
            task->events = events; /* a regular file */
            make_ready(task);
            deadline = DEADLINE_NONE;
        }
    }
    return suspend_lj(L, task, deadline, context, k);
}

int task_wait_in_lj(lua_State *L, struct task_queue *queue, int64_t deadline, lua_KContext context,
                    lua_KFunction k)
{
    struct task *task;

    task_check_lj(L, "lure");
    luaL_checkstack(L, 1, NULL);
    task = task_current(L);
    task->events = 0;
    enter_queue(queue, task);
    return suspend_lj(L, task, deadline, context, k);
}

void task_wake_first(struct task_queue *queue)
{
    if (queue->first != NULL) {
        make_ready(queue->first);
    }
}

void task_wake_all(struct task_queue *queue)
{
    while (queue->first != NULL) {
        make_ready(queue->first);
    }
}

void task_own(struct task *task, struct task_resource *resource)
{
    struct task_group *group = task->group;

    task_disown(resource);
    resource->next = group->resources;
    resource->link = &group->resources;
    if (resource->next != NULL) {
        resource->next->link = &resource->next;
    }
    group->resources = resource;
}

void task_disown(struct task_resource *resource)
{
    if (resource->link == NULL) {
        return;
    }
    *resource->link = resource->next;
    if (resource->next != NULL) {
        resource->next->link = resource->link;
    }
    resource->link = NULL;
}

void task_group_open(struct task_group *group, struct task_state *state, struct poller *shared)
{
    *group = (struct task_group){.state = state};
    group->poller = shared != NULL ? shared : &group->own;
    group->poller->clock = state->clock;
}

void task_group_end_resources(struct task_group *group)
{
    while (group->resources != NULL) {
        struct task_resource *resource = group->resources;

        task_disown(resource);
        resource->end(resource);
    }
}

void task_group_close(struct task_group *group)
{
    task_group_end_resources(group);
    poller_close(&group->own);
}

void task_open(struct task_group *group, struct task *task, lua_State *thread)
{
    task->group = group;
    task->thread = thread;
    task->watch = (struct poller_watch){.fd = -1};
    task->deadline = (struct poller_deadline){.reached = deadline_is_reached};
}

void task_start(struct task *task)
{
    join_group(task);
    make_ready(task);
}

struct task *task_take_ready(struct task_group *group)
{
    struct task *task = group->ready.first;

    if (task != NULL) {
        leave_queue(task);
    }
    return task;
}

void task_begin_slice(struct task *task)
{
    task->status = TASK_RUNNING;
    task->group->state->current = task;
}

void task_end_slice(struct task *task, bool waits)
{
    task->group->state->current = NULL;
    if (waits) {
        return;
    }
    task->status = TASK_OVER;
    task_drop(task);
}

void task_drop(struct task *task)
{
    if (task->link == NULL) {
        return;
    }
    stop_waiting(task);
    task->status = TASK_OVER;
    *task->link = task->next;
    if (task->next != NULL) {
        task->next->link = task->link;
    }
    task->link = NULL;
    task_wake_all(&task->joining);
    if (task->ended != NULL) {
        task->ended(task);
    }
}

void task_close_threads(lua_State *thread, void (*close)(void *owner, lua_State *thread), void *owner)
{
    lua_State *inner = task_thread_inner(thread);

    if (inner != NULL) {
        task_close_threads(inner, close, owner);
    }
    close(owner, thread);
}
