#include "plugin/testclock.h"

#include "plugin/instance.h"
#include "plugin/plugin.h"

static int64_t sooner(int64_t due, const struct task_group *group)
{
    int64_t next = poller_due(group->poller);

    return next < due ? next : due;
}

static int64_t next_deadline(struct plugin *plugin, bool *busy)
{
    int64_t due = background_due(plugin->background, busy);

    for (const struct instance *instance = plugin->instances; instance != NULL;
         instance = instance->following) {
        due = sooner(due, &instance->group);
    }
    return due;
}

int64_t testclock_move(struct plugin *plugin, int64_t most)
{
    int64_t left;
    bool busy;

    scriptclock_stop(&plugin->clock);
    left = next_deadline(plugin, &busy) - scriptclock_now(&plugin->clock);
    if (busy) {
        return TESTCLOCK_BUSY;
    }
    left = left < 0 ? 0 : left;
    most = left < most ? left : most;
    scriptclock_move(&plugin->clock, most);
    background_look_again(plugin->background);
    return most;
}

void testclock_run(struct plugin *plugin)
{
    scriptclock_run(&plugin->clock);
    background_look_again(plugin->background);
}
