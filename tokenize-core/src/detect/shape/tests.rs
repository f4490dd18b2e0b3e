use super::*;

#[track_caller]
fn check(shapes: &[&str], value: &str, start: usize, expected: &[(usize, &[u16])]) {
    let shapes = Shapes::new(shapes).unwrap();
    let mut found = Vec::new();
    let window = Window::of(value.as_bytes(), start);
    shapes.find(value.as_bytes(), start, window, |end, list| {
        found.push((end, shapes.lists()[list].as_slice()));
    });
    assert_eq!(found, expected);
    let mut run = Vec::new();
    let told = &mut |end, list: usize| run.push((end, shapes.lists()[list].as_slice()));
    shapes.run(value.as_bytes(), start, 0, told);
    assert_eq!(run, expected, "a step per byte");
}

#[test]
fn all_shapes_that_begin_at_a_place() {
    let shapes = ["[0-9]{3}", "[0-9]{3}-[0-9]{2}", "[0-9-]{6}"];
    check(&shapes, "123-45", 0, &[(3, &[0]), (6, &[1, 2])]);
    check(&shapes, "x123-45-", 1, &[(4, &[0]), (7, &[1, 2])]);
    check(&shapes, "1234", 0, &[]);
    check(&shapes, "123\u{e9}", 0, &[(3, &[0])]);
    check(&shapes, "", 0, &[]);
    check(&shapes, "123", 7, &[]);
}

#[test]
fn groups_and_bytes_say_the_same() {
    let shapes = &crate::Detector::standard().table.shapes;
    let pieces =
        ["1", "12", "756", "1234", "19800101", "4111", " ", "-", ".", "/", "+", "a", "DE", "Z"];
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..12 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            text += pieces[(state >> 33) as usize % pieces.len()];
        }
        let (mut found, mut run) = (Vec::new(), Vec::new());
        let value = text.as_bytes();
        shapes.find(value, 0, Window::of(value, 0), |end, list| found.push((end, list)));
        shapes.run(value, 0, 0, &mut |end, list| run.push((end, list)));
        assert_eq!(found, run, "{text}");
    }
}
