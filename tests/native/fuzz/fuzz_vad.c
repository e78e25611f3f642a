/* Voice activity: probabilities are probabilities, portions and batches change nothing. */
#include "fuzz.h"

#include "resample.h"

#include "vad.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in;
    if (!fuzz_take(data, size, &in)) return 0;
    gw_vad whole, parts, twin;
    gw_vad_init(&whole, in.sample_rate);
    gw_vad_init(&parts, in.sample_rate);
    gw_vad_init(&twin, in.sample_rate);
    int32_t most = in.n / (in.sample_rate / 50) + 1, got = 0;
    size_t bytes = (size_t)most * sizeof(gw_vad_frame);
    gw_vad_frame *out = malloc(bytes), *more = malloc(bytes), *batch = malloc(2 * bytes);
    int32_t count = gw_vad_feed(&whole, in.samples, in.n, out, most);
    for (int32_t i = 0; i < count; i++) REQUIRE(out[i].probability >= 0.0F && out[i].probability <= 1.0F);
    for (int32_t at = 0; at < in.n;) {
        int32_t part = fuzz_portion(&in, in.n - at);
        int16_t *copy = fuzz_copy(in.samples + at, part);
        got += gw_vad_feed(&parts, copy, part, more + got, most - got);
        free(copy);
        at += part;
    }
    REQUIRE(got == count && memcmp(out, more, (size_t)count * sizeof *out) == 0);
    gw_vad_init(&parts, in.sample_rate);
    gw_vad *const both[2] = {&parts, &twin};
    int32_t counts[2];
    gw_vad_feed_many(both, in.samples, 2, 0, in.n, batch, counts, most);
    REQUIRE(counts[0] == count && counts[1] == count);
    REQUIRE(memcmp(out, batch + most, (size_t)count * sizeof *out) == 0);
    REQUIRE(gw_vad_feed(&twin, in.samples, in.n, NULL, 0) == 0);
    free(batch);
    free(more);
    free(out);
    free(in.samples);
    return 0;
}
