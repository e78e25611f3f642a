/* What the parts of the call-progress detector share; never part of the contract that Python reads. */
#ifndef GW_PROGRESS_INTERNAL_H
#define GW_PROGRESS_INTERNAL_H

#include <stdint.h>

#include "resample.h"

#include "progress.h"

enum { GW_SEGMENT_SILENCE = -1, GW_SEGMENT_SOUND = -2 };
/* Classes of a block besides: bands below GW_LOW_END are one class, as one tone can lie in several of them. */
enum { GW_CLASS_LOW = 0, GW_LOW_HZ = 700 };

enum { GW_TONES_MAX = 8, GW_PATTERNS_MAX = 10, GW_ELEMENTS_MAX = 4 };

typedef struct {
    int32_t band;                /* in which its frequencies are worked out */
    float low_hz[2], high_hz[2]; /* limits of the first and the second frequency; second 0, 0: a single tone */
} gw_plan_tone;

typedef struct {
    int32_t tone, min_ms, max_ms;
} gw_plan_element;

/* Elements follow each other in a circle. The signal is reported once `need` of them fit, the last of which goes on
   and has lasted sure_ms. */
typedef struct {
    int32_t kind, n, need, sure_ms;
    gw_plan_element elements[GW_ELEMENTS_MAX];
    int32_t even; /* 1: on and off follow E.180's rule for busy tones, GW_EVEN_... */
} gw_plan_pattern;

/* ITU-T E.180 for busy and congestion: a cycle of 300 to 1100 ms (50 ms more for what measuring adds), of which on is
   0.67 to 1.5 times off. */
enum { GW_EVEN_CYCLE_MIN_MS = 300, GW_EVEN_CYCLE_MAX_MS = 1150, GW_EVEN_RATIO_MIN = 67, GW_EVEN_RATIO_MAX = 150 };

typedef struct {
    int32_t n_bands, n_tones, n_patterns;
    float centre_hz[GW_PROGRESS_BANDS];
    gw_plan_tone tones[GW_TONES_MAX];
    gw_plan_pattern patterns[GW_PATTERNS_MAX];
} gw_plan;

extern const gw_plan gw_plans[GW_PLANS];

void gw_progress_tables(gw_progress *progress);
/* A whole block has come: moves the window on and tells the class of the block, a GW_CLASS_LOW or band number, or
   GW_SEGMENT_SILENCE, GW_SEGMENT_SOUND. */
int32_t gw_progress_block(gw_progress *progress);
/* The tone of the plan that the products of the segment show, or GW_SEGMENT_SOUND. */
int32_t gw_progress_identify(const gw_progress *progress, float hz[2]);
void gw_progress_forget(gw_progress *progress);       /* the products: a new segment begins */
float gw_progress_level(const gw_progress *progress); /* of the tone in the segment, dBm0 */

#endif
