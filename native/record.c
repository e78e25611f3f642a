/*
 * The ring of a recording. A counter is published with release after the samples are copied and read with acquire before
 * them. The fields are plain, so that the header stays bare; the compiler's atomic built-ins reach them.
 */
#include <stdint.h>
#include <string.h>

#include "tone.h"

#include "record.h"

static const double MASK_HZ = 1000.0;
static const double MASK_DBM0 = -30.0; /* 10 dB under speech (ITU-T P.830): heard, but not startling */

int32_t gw_record_init(gw_record *record, int32_t sample_rate, int16_t *ring, uint32_t capacity) {
    if (capacity == 0 || (capacity & (capacity - 1)) != 0) return 0;
    if (sample_rate != 8000 && sample_rate != 16000) return 0;
    memset(record, 0, sizeof *record);
    record->ring = ring;
    record->capacity = capacity;
    record->sample_rate = sample_rate;
    return 1;
}

/* n samples, which have room, into the ring: a copy, silence or the tone. */
static void fill(gw_record *record, uint32_t at, const int16_t *samples, int32_t n, int32_t masking) {
    while (n > 0) {
        uint32_t place = at & (record->capacity - 1), straight = record->capacity - place;
        int32_t part = (uint32_t)n < straight ? n : (int32_t)straight;
        if (masking)
            gw_tone_render(&record->tone, record->ring + place, part);
        else if (samples)
            memcpy(record->ring + place, samples, (size_t)part * sizeof *samples);
        else
            memset(record->ring + place, 0, (size_t)part * sizeof *record->ring);
        if (samples) samples += part;
        at += (uint32_t)part;
        n -= part;
    }
}

void gw_record_put(gw_record *record, const int16_t *samples, int32_t n) {
    int32_t masked = __atomic_load_n(&record->masked, __ATOMIC_RELAXED);
    if (masked && !record->masking) gw_tone_start(&record->tone, record->sample_rate, MASK_HZ, MASK_DBM0);
    record->masking = masked;

    uint32_t at = record->written; /* our own */
    int64_t room = record->capacity - (at - __atomic_load_n(&record->read, __ATOMIC_ACQUIRE));
    int32_t silence = (int32_t)(record->owed < room ? record->owed : room);
    fill(record, at, NULL, silence, 0);
    record->owed -= silence;
    room -= silence;
    int32_t fits = record->owed == 0 ? (int32_t)(n < room ? n : room) : 0;
    fill(record, at + (uint32_t)silence, samples, fits, masked);
    record->owed += n - fits;
    __atomic_store_n(&record->lost, record->lost + (n - fits), __ATOMIC_RELAXED);
    __atomic_store_n(&record->written, at + (uint32_t)(silence + fits), __ATOMIC_RELEASE);
}

int32_t gw_record_waiting(gw_record *record) {
    return (int32_t)(__atomic_load_n(&record->written, __ATOMIC_ACQUIRE) - record->read);
}

int32_t gw_record_take(gw_record *record, int16_t *out, int32_t max) {
    int32_t waiting = gw_record_waiting(record), n = waiting < max ? waiting : max;
    for (int32_t done = 0; done < n;) {
        uint32_t place = (record->read + (uint32_t)done) & (record->capacity - 1), straight = record->capacity - place;
        int32_t part = (uint32_t)(n - done) < straight ? n - done : (int32_t)straight;
        memcpy(out + done, record->ring + place, (size_t)part * sizeof *out);
        done += part;
    }
    __atomic_store_n(&record->read, record->read + (uint32_t)n, __ATOMIC_RELEASE);
    return n;
}

void gw_record_mask(gw_record *record, int32_t on) {
    __atomic_store_n(&record->masked, on != 0, __ATOMIC_RELAXED);
}

int64_t gw_record_lost(gw_record *record) { return __atomic_load_n(&record->lost, __ATOMIC_RELAXED); }
