/* Resampling both ways: portions of any length give the samples of the whole. */
#include "fuzz.h"

#include "resample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in;
    if (!fuzz_take(data, size, &in)) return 0;
    gw_upsampler up, up_parts;
    gw_downsampler down, down_parts;
    gw_upsampler_reset(&up);
    gw_upsampler_reset(&up_parts);
    gw_downsampler_reset(&down);
    gw_downsampler_reset(&down_parts);
    int16_t *wide = malloc((size_t)in.n * 4 + 1), *narrow = malloc((size_t)in.n + 2);
    gw_upsample(&up, in.samples, in.n, wide);
    int32_t count = gw_downsample(&down, in.samples, in.n, narrow), got = 0;
    REQUIRE(count == in.n / 2);
    for (int32_t at = 0; at < in.n;) {
        int32_t part = fuzz_portion(&in, in.n - at);
        int16_t *copy = fuzz_copy(in.samples + at, part);
        int16_t *out = malloc((size_t)part * 4 + 1), *half = malloc((size_t)(part / 2 + 1) * 2);
        gw_upsample(&up_parts, copy, part, out);
        REQUIRE(memcmp(out, wide + 2 * at, (size_t)part * 4) == 0);
        int32_t more = gw_downsample(&down_parts, copy, part, half);
        REQUIRE(memcmp(half, narrow + got, (size_t)more * 2) == 0);
        got += more;
        free(half);
        free(out);
        free(copy);
        at += part;
    }
    REQUIRE(got == count);
    REQUIRE(memcmp(&up, &up_parts, sizeof up) == 0);
    free(narrow);
    free(wide);
    free(in.samples);
    return 0;
}
