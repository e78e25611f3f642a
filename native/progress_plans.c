/*
 * Tone plans. Times in ms. Sources: ITU-T E.180/Q.35 (limits that hold for every country: 400 to 450 Hz, busy cycle 300
 * to 1100 ms with on/off of 0.67 to 1.5, ringback 0.67 to 2.5 s on and 3 to 6 s off, SIT of 330 ms +-50 Hz), its
 * supplement 2 (the countries' own cadences) and ITU-T T.30 (CNG 1100 +-38 Hz for 0.5 s +-15 % every 3 s, CED 2100 +-15
 * Hz for 2.6 to 4 s). Where a plan has two cadences on the same tone, the limit between them lies in the middle.
 */
#include "progress_internal.h"

#define SILENCE GW_SEGMENT_SILENCE
#define EVER 0x7FFFFFFF

/* The first bands and tones are the same in every plan. */
enum { SIT_1, SIT_2, SIT_3, CNG, CED, FIRST, SECOND, THIRD };
#define COMMON_BANDS 950, 1400, 1800, 1100, 2100
#define COMMON_TONES                                                                          \
    {0, {900, 0}, {1000, 0}}, {1, {1350, 0}, {1450, 0}}, {2, {1750, 0}, {1850, 0}},           \
    {3, {1062, 0}, {1138, 0}}, {4, {2085, 0}, {2115, 0}}
#define DIAL_PAIR {5, {338, 428}, {362, 452}} /* 350 and 440 Hz */
#define COMMON_PATTERNS                                                                        \
    {GW_PROGRESS_SIT, 4, 3, 250, {{SIT_1, 280, 400}, {SIT_2, 280, 400}, {SIT_3, 280, 400}, {SILENCE, 800, 1200}}, 0}, \
    {GW_PROGRESS_FAX_CNG, 2, 2, 200, {{CNG, 425, 575}, {SILENCE, 2550, 3450}}, 0},                 \
    {GW_PROGRESS_FAX_CED, 1, 1, 700, {{CED, 0, 4600}}, 0}
#define CALL_WAITING(longest, gap)          \
    {GW_PROGRESS_CALL_WAITING, 4, 4, 700,   \
     {{FIRST, 100, longest}, {SILENCE, 100, longest}, {FIRST, 100, longest}, {SILENCE, 3000, gap}}, 0}
#define RINGBACK(tone) {GW_PROGRESS_RINGBACK, 2, 2, 1500, {{tone, 670, 2500}, {SILENCE, 2700, 6000}}, 0}

const gw_plan gw_plans[GW_PLANS] = {
    [GW_PLAN_PL] = {
        .n_bands = 6, .n_tones = 6, .n_patterns = 7,
        .centre_hz = {COMMON_BANDS, 425},
        .tones = {COMMON_TONES, {5, {400, 0}, {450, 0}}},
        .patterns = {
            COMMON_PATTERNS,
            {GW_PROGRESS_DIAL, 1, 1, 2600, {{FIRST, 0, EVER}}, 0}, /* a ringback may be on for 2500 */
            RINGBACK(FIRST),
            {GW_PROGRESS_BUSY, 2, 4, 201, {{FIRST, 201, 690}, {SILENCE, 201, 690}}, 1}, /* as is congestion */
            CALL_WAITING(200, 5000),
        }},
    [GW_PLAN_EU] = {
        .n_bands = 6, .n_tones = 6, .n_patterns = 8,
        .centre_hz = {COMMON_BANDS, 425},
        .tones = {COMMON_TONES, {5, {400, 0}, {450, 0}}},
        .patterns = {
            COMMON_PATTERNS,
            {GW_PROGRESS_DIAL, 1, 1, 2600, {{FIRST, 0, EVER}}, 0},
            RINGBACK(FIRST),
            {GW_PROGRESS_BUSY, 2, 4, 300, {{FIRST, 340, 690}, {SILENCE, 340, 690}}, 1},
            {GW_PROGRESS_CONGESTION, 2, 4, 170, {{FIRST, 190, 339}, {SILENCE, 190, 339}}, 1},
            CALL_WAITING(189, 10000),
        }},
    [GW_PLAN_US] = {
        .n_bands = 8, .n_tones = 8, .n_patterns = 7,
        .centre_hz = {COMMON_BANDS, 395, 460, 550},
        .tones = {COMMON_TONES, DIAL_PAIR, {6, {428, 468}, {452, 492}}, {7, {468, 605}, {492, 635}}},
        .patterns = {
            COMMON_PATTERNS,
            {GW_PROGRESS_DIAL, 1, 1, 1000, {{FIRST, 0, EVER}}, 0},
            RINGBACK(SECOND),
            {GW_PROGRESS_BUSY, 2, 4, 300, {{THIRD, 375, 625}, {SILENCE, 375, 625}}, 1},
            {GW_PROGRESS_CONGESTION, 2, 4, 150, {{THIRD, 187, 374}, {SILENCE, 187, 374}}, 1},
        }},
    [GW_PLAN_UK] = {
        .n_bands = 7, .n_tones = 8, .n_patterns = 8,
        .centre_hz = {COMMON_BANDS, 395, 425},
        .tones = {COMMON_TONES, DIAL_PAIR, {6, {388, 438}, {412, 462}}, {6, {380, 0}, {420, 0}}},
        .patterns = {
            COMMON_PATTERNS,
            {GW_PROGRESS_DIAL, 1, 1, 1000, {{FIRST, 0, EVER}}, 0},
            {GW_PROGRESS_RINGBACK, 4, 4, 1000,
             {{SECOND, 320, 480}, {SILENCE, 150, 260}, {SECOND, 320, 480}, {SILENCE, 1700, 2400}}, 0},
            {GW_PROGRESS_BUSY, 2, 4, 300, {{THIRD, 320, 450}, {SILENCE, 320, 450}}, 1},
            {GW_PROGRESS_CONGESTION, 4, 4, 420,
             {{THIRD, 340, 460}, {SILENCE, 290, 410}, {THIRD, 180, 270}, {SILENCE, 440, 620}}, 0},
            {GW_PROGRESS_UNOBTAINABLE, 1, 1, 2000, {{THIRD, 0, EVER}}, 0},
        }},
};
