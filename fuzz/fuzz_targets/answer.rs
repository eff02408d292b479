#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| ringside_web::client::fuzz(body));
