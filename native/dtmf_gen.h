/* DTMF sender (ITU-T Q.23): one digit at a time, tone pair with shaped edges, then its pause. Bare declarations:
   read by the C compiler and by cffi alike. */

typedef struct {
    int32_t sample_rate;
    int32_t position; /* samples rendered of this digit */
    int32_t on;       /* samples of tone, edges included */
    int32_t total;    /* samples of tone and pause */
    int32_t edge;     /* samples of rise, and of fall */
    double sine[2];   /* of the phase of the next sample: low tone, high tone */
    double cosine[2];
    double step_sine[2];
    double step_cosine[2];
    double amplitude[2];
} gw_dtmf_gen;

/* sample_rate: 8000 or 16000; anything else is taken as 8000. Nothing is due after it. */
void gw_dtmf_gen_init(gw_dtmf_gen *g, int32_t sample_rate);

/* Starts a digit (ASCII 0-9 A-D a-d * #), on_ms of tone and off_ms of pause. Returns 1, or 0 and an untouched state
   when the digit is none, on_ms is not in 1..60000, off_ms not in 0..60000 or a level not in -70 to +3.14 dBm0.
   Levels add up: at more than -2.9 dBm0 a tone the sum of both is clipped. */
int32_t gw_dtmf_gen_start(gw_dtmf_gen *g, int32_t digit, int32_t on_ms, int32_t off_ms, float low_dbm0,
                          float high_dbm0);

/* Renders up to n samples; returns how many were written: fewer than n when the digit and its pause are over. */
int32_t gw_dtmf_gen_render(gw_dtmf_gen *g, int16_t *out, int32_t n);
