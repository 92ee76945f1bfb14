//! The subgraph as the composer sees it.

#[test]
fn entities_have_their_keys_and_every_verb_is_a_mutation() {
    let sdl = tasks::sdl();
    for expected in [
        "type Task @key(fields: \"id\")",
        "type Organization @key(fields: \"code\")",
        "type Area @key(fields: \"code\")",
        "type Programme @key(fields: \"code\")",
        "type Official @key(fields: \"code\")",
    ] {
        assert!(sdl.contains(expected), "{expected}");
    }
    for transition in tasks::TRANSITIONS {
        assert!(sdl.contains(&format!("\t{}(input: ", transition.verb)), "{}", transition.verb);
    }
}
