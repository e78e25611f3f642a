/*
 * Call-progress tones (ITU-T E.180 and the plans of some countries), special information tone, fax CNG and CED
 * (ITU-T T.30): samples in, events out. A tone is known by its frequencies and its cadence together.
 *
 * Bare declarations: no includes, no guards. Needs <stdint.h> and resample.h before it.
 */

enum { GW_PLAN_PL = 0, GW_PLAN_EU = 1, GW_PLAN_US = 2, GW_PLAN_UK = 3, GW_PLANS = 4 };

enum {
    GW_PROGRESS_DIAL = 1,
    GW_PROGRESS_RINGBACK = 2,
    GW_PROGRESS_BUSY = 3,
    GW_PROGRESS_CONGESTION = 4, /* also reorder */
    GW_PROGRESS_CALL_WAITING = 5,
    GW_PROGRESS_SIT = 6,
    GW_PROGRESS_UNOBTAINABLE = 7,
    GW_PROGRESS_FAX_CNG = 8,
    GW_PROGRESS_FAX_CED = 9
};

enum { GW_PROGRESS_BEGIN = 1, GW_PROGRESS_END = 2 };

enum {
    GW_PROGRESS_BLOCK = 40, /* 5 ms at the 8 kHz at which it works inside */
    GW_PROGRESS_WINDOW = 80,
    GW_PROGRESS_BANDS = 8,
    GW_PROGRESS_RECENT = 6, /* blocks that the decision of one block stands on: 30 ms */
    GW_PROGRESS_PAST = 5,
    GW_PROGRESS_SEGMENTS = 8,
    GW_PROGRESS_PENDING = 4
};

typedef struct {
    int32_t kind;     /* GW_PROGRESS_DIAL ... */
    int32_t phase;    /* GW_PROGRESS_BEGIN or GW_PROGRESS_END */
    int64_t start;    /* first sample of its cadence, counted from init at the given rate */
    int64_t end;      /* END: one past its last sample; -1 in BEGIN */
    float hz[2];      /* of its first element; the second is 0 for a single tone */
    float level_dbm0; /* of its first element */
} gw_progress_event;

typedef struct {
    int32_t tone;       /* index in the plan, or GW_SEGMENT_SILENCE, GW_SEGMENT_SOUND */
    int64_t start, end; /* blocks */
    float hz[2], level_dbm0;
} gw_progress_segment;

/* Products of three neighbouring block sums of one band, from which its frequencies are worked out. */
typedef struct {
    float g00, g11, g22, g12[2], h1[2], h2[2];
} gw_progress_products;

typedef struct {
    int32_t sample_rate, plan, fill;
    gw_downsampler down;                                     /* 16 kHz only */
    int16_t window[GW_PROGRESS_WINDOW + 8];                  /* the last block and the one that is filling */
    int16_t table[GW_PROGRESS_BANDS][2][GW_PROGRESS_WINDOW]; /* cosine and sine under a Hann window */
    int64_t blocks;
    float half_energy;                                  /* of the older half of the window, LSB^2 */
    float past[GW_PROGRESS_BANDS][GW_PROGRESS_PAST][2]; /* the last block sums, newest first */
    float power[GW_PROGRESS_RECENT]
               [GW_PROGRESS_BANDS]; /* what each band explains of the energy, of the last blocks */
    float energy[GW_PROGRESS_RECENT];
    int32_t clean;                                    /* blocks in a row in which the same class explains enough */
    int32_t class_now, class_next, class_count;       /* of the segment; of what may follow it */
    int64_t left_at;                                  /* when the class of the segment was last left */
    gw_progress_products products[GW_PROGRESS_BANDS]; /* of the segment that goes on */
    float tone_energy;
    int32_t tone_blocks;
    float tone_level_dbm0; /* of the last tone: silence is well below it */
    int64_t segment_start;
    int32_t n_segments;
    gw_progress_segment segments[GW_PROGRESS_SEGMENTS]; /* ended ones, newest first */
    int32_t active;                                     /* pattern that is on, -1: none */
    int32_t element; /* of that pattern, which the segment that goes on must be */
    gw_progress_event begun;
    int32_t n_pending;
    gw_progress_event pending[GW_PROGRESS_PENDING];
    int64_t lost; /* events that found `pending` full */
} gw_progress;

/* sample_rate: 8000 or 16000, else taken as 8000; plan: GW_PLAN_..., else taken as GW_PLAN_EU. */
void gw_progress_init(gw_progress *progress, int32_t sample_rate, int32_t plan);
/* Feeds n samples; returns how many events were written to out. What finds no room is kept for the next call. */
int32_t gw_progress_feed(gw_progress *progress, const int16_t *samples, int32_t n, gw_progress_event *out,
                         int32_t out_max);
/* The same for many: channel c has n samples at samples + c * stride, its events go to out + c * out_max_each,
   counts[c] of them. */
void gw_progress_feed_many(gw_progress *const *progresses, const int16_t *samples, int32_t channels, int32_t stride,
                           int32_t n, gw_progress_event *out, int32_t *counts, int32_t out_max_each);
