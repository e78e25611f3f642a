/* Lets Python call the ring, whose functions are inline. The counters can be set, so that they wrap within a test. */
#include <stdlib.h>

#include "ring.h"

gw_ring *ring_new(uint32_t slot_size, uint32_t capacity, uint32_t counter) {
    gw_ring *ring = aligned_alloc(64, sizeof *ring);
    gw_ring_init(ring, calloc(capacity, slot_size), slot_size, capacity);
    atomic_store(&ring->written, counter);
    atomic_store(&ring->read, counter);
    return ring;
}

void ring_free(gw_ring *ring) {
    free(ring->slots);
    free(ring);
}

int ring_push(gw_ring *ring, const void *slot) { return gw_ring_push(ring, slot); }
int ring_pop(gw_ring *ring, void *slot) { return gw_ring_pop(ring, slot); }
uint32_t ring_room(gw_ring *ring) { return gw_ring_room(ring); }
uint32_t ring_waiting(gw_ring *ring) { return gw_ring_waiting(ring); }
