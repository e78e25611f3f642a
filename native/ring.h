/*
 * A lock-free ring of fixed-size slots for exactly one producer thread and one consumer thread.
 *
 * Each side owns one counter and only reads the other's; a counter is published with release after the slot is
 * copied, and read with acquire before it. Both counters run freely and wrap at 2^32, which a power-of-two capacity
 * divides.
 */
#ifndef GW_RING_H
#define GW_RING_H

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    _Alignas(64) _Atomic uint32_t written; /* the producer's; a line of its own, or the two would fight over one */
    _Alignas(64) _Atomic uint32_t read;    /* the consumer's */
    _Alignas(64) unsigned char *slots;
    uint32_t slot_size, capacity;
} gw_ring;

/* slots: capacity * slot_size bytes that outlive the ring; capacity: a power of two. */
static inline void gw_ring_init(gw_ring *ring, void *slots, uint32_t slot_size, uint32_t capacity) {
    atomic_init(&ring->written, 0);
    atomic_init(&ring->read, 0);
    ring->slots = slots;
    ring->slot_size = slot_size;
    ring->capacity = capacity;
}

static inline unsigned char *gw_ring_slot(const gw_ring *ring, uint32_t counter) {
    return ring->slots + (size_t)(counter & (ring->capacity - 1)) * ring->slot_size;
}

/* Producer: how many slots can be pushed now at least. */
static inline uint32_t gw_ring_room(gw_ring *ring) {
    uint32_t written = atomic_load_explicit(&ring->written, memory_order_relaxed);
    return ring->capacity - (written - atomic_load_explicit(&ring->read, memory_order_acquire));
}

/* Producer: 1, or 0 when the ring is full; then nothing is written. */
static inline int gw_ring_push(gw_ring *ring, const void *slot) {
    if (gw_ring_room(ring) == 0) return 0;
    uint32_t written = atomic_load_explicit(&ring->written, memory_order_relaxed);
    memcpy(gw_ring_slot(ring, written), slot, ring->slot_size);
    atomic_store_explicit(&ring->written, written + 1, memory_order_release);
    return 1;
}

/* Consumer: how many slots can be popped now at least. */
static inline uint32_t gw_ring_waiting(gw_ring *ring) {
    uint32_t read = atomic_load_explicit(&ring->read, memory_order_relaxed);
    return atomic_load_explicit(&ring->written, memory_order_acquire) - read;
}

/* Consumer: the oldest slot, which stays there until gw_ring_drop; NULL when the ring is empty. */
static inline const void *gw_ring_peek(gw_ring *ring) {
    if (gw_ring_waiting(ring) == 0) return NULL;
    return gw_ring_slot(ring, atomic_load_explicit(&ring->read, memory_order_relaxed));
}

/* Consumer: after gw_ring_peek gave a slot. */
static inline void gw_ring_drop(gw_ring *ring) {
    uint32_t read = atomic_load_explicit(&ring->read, memory_order_relaxed);
    atomic_store_explicit(&ring->read, read + 1, memory_order_release);
}

/* Consumer: 1, or 0 when the ring is empty. */
static inline int gw_ring_pop(gw_ring *ring, void *slot) {
    const void *oldest = gw_ring_peek(ring);
    if (oldest == NULL) return 0;
    memcpy(slot, oldest, ring->slot_size);
    gw_ring_drop(ring);
    return 1;
}

#endif
