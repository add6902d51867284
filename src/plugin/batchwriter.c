#include "plugin/batchwriter.h"

#include "plugin/instance.h"

struct batch_writer *instances_batch(const struct instance *instances, const void *address)
{
    for (; instances != NULL; instances = instances->following) {
        if (instances->batch->owns(instances->batch, address)) {
            return instances->batch;
        }
    }
    return NULL;
}
