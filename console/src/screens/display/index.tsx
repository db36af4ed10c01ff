export default function Display() { return <main><h1>display</h1></main>; }
