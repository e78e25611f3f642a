/*
 * The state of those parts of the tap that are off until they are commanded: voice and tones (tap_hear.c), the
 * recorder (tap_record.c, tap_recorded.c). Inside only.
 */
#ifndef GW_TAP_PARTS_H
#define GW_TAP_PARTS_H

#include <stdint.h>

#include "resample.h"
#include "ring.h"
#include "tone.h"

#include "progress.h"
#include "record.h"
#include "vad.h"

enum { GW_RUNS = 16 }; /* interruptions of a recording that may wait for the loop */

#define GW_TICK_UNKNOWN INT64_MIN

/* What else listens to the received direction. */
typedef struct {
    gw_vad vad;
    gw_progress progress;
    int64_t voice_from, progress_from; /* where each detector began, in samples received */
    int64_t decided;                   /* samples that the voice detector has decided on */
    int64_t spoken_from;               /* where the speech that goes on began */
    int32_t voice, tones, speaking;    /* switched on; somebody is speaking */
} gw_hearing;

/* Samples of a recording that follow each other on the bridge's clock begin with a run. */
typedef struct {
    int64_t tick;
    uint32_t from; /* as gw_record counts */
    uint32_t take; /* which recording they belong to */
} gw_run;

/* One direction of a recording. The run is pushed before its samples, so whoever sees a sample sees its run. */
typedef struct {
    gw_record samples;
    gw_ring runs; /* of gw_run */
    gw_run run_slots[GW_RUNS];
    /* the media thread's */
    int64_t next; /* tick that would follow; GW_TICK_UNKNOWN: a new run is due */
    uint32_t take;
    /* the loop's */
    uint32_t wanted, taking; /* the recording that it wants; the one that the samples at hand belong to */
    int64_t at;              /* tick of the next sample at hand */
} gw_recording;

#endif
